#include "tests/tidy/statement_rules.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace orderpush::tidy {
namespace {

constexpr std::string_view kJoiningFile = "src/storage/statement_lists.cpp";

std::string folder_of(const SourceFile& file) {
    return file.path.substr(0, file.path.rfind('/'));
}

/// The name that `line` gives behind `beginning`; empty if it begins otherwise.
std::string name_behind(std::string_view line, std::string_view beginning) {
    if (!line.starts_with(beginning)) {
        return {};
    }
    const std::string_view rest = line.substr(beginning.size());
    const auto end = std::ranges::find_if_not(rest, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_';
    });
    return {rest.begin(), end};
}

std::string statement_defined_on(std::string_view line) {
    constexpr std::string_view kInline = "inline ";
    if (line.starts_with(kInline)) {
        line.remove_prefix(kInline.size());
    }
    const std::string name = name_behind(line, "constexpr Statement ");
    return name.starts_with('k') ? name : std::string{};  // not a function's
}

/// Whether one of the lists in `text` has the statement `name`.
bool lists(std::string_view text, const std::string& name) {
    constexpr std::string_view kList = "std::array kAll{";
    for (auto at = text.find(kList); at != std::string::npos; at = text.find(kList, at + 1)) {
        const auto begin = at + kList.size();
        const std::string_view members = text.substr(begin, text.find('}', begin) - begin);
        for (auto found = members.find(name); found != std::string::npos;
             found = members.find(name, found + 1)) {
            const std::string_view rest = members.substr(found + name.size());
            if (rest.empty() || rest.front() == ',') {
                return true;
            }
        }
    }
    return false;
}

/// The text of all sources of a folder.
std::map<std::string, std::string> text_by_folder(const SourceTree& tree) {
    std::map<std::string, std::string> text;
    for (const SourceFile& file : tree.files) {
        if (file.is_cpp() && file.is_in("src/storage")) {
            text[folder_of(file)] += file.text();
        }
    }
    return text;
}

void check_line(
    const SourceFile& file,
    std::size_t index,
    std::string_view folder_text,
    const std::string& joined,
    Findings& findings
) {
    const std::string& line = file.lines[index];
    const std::string statement = statement_defined_on(line);
    if (!statement.empty() && !lists(folder_text, statement)) {
        findings.push_back(finding(file, index, statement + " is in no list of statements"));
    }
    const std::string list = name_behind(line, "std::span<const Statement> ");
    if (!list.empty() && joined.find(list + "()") == std::string::npos) {
        findings.push_back(finding(file, index, list + "() is not joined to the others"));
    }
}

}  // namespace

Findings check_statements_are_listed(const SourceTree& tree) {
    const auto texts = text_by_folder(tree);
    const SourceFile* const joining = tree.find(kJoiningFile);
    const std::string joined = joining == nullptr ? std::string{} : joining->text();
    Findings findings;
    for (const SourceFile& file : tree.files) {
        if (!file.is_cpp() || !file.is_in("src/storage")) {
            continue;
        }
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            check_line(file, i, texts.at(folder_of(file)), joined, findings);
        }
    }
    return findings;
}

}  // namespace orderpush::tidy
