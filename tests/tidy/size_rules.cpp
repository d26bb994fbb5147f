#include "tests/tidy/size_rules.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace orderpush::tidy {
namespace {

constexpr std::size_t kFolderFilesMax = 26;
constexpr std::size_t kFileLinesMax = 500;
constexpr std::size_t kFunctionLinesMax = 60;

constexpr std::array<std::string_view, 8> kCodeEndings{
    ".cpp", ".hpp", ".mjs", ".js", ".ts", ".sh", ".sql", ".txt"};

constexpr std::array<std::string_view, 7> kSourceEndings{
    ".cpp", ".hpp", ".mjs", ".js", ".ts", ".tsx", ".css"};

bool is_source(const SourceFile& file) {
    return std::ranges::any_of(kSourceEndings, [&](std::string_view ending) {
        return file.path.ends_with(ending);
    });
}

bool is_code(const SourceFile& file) {
    return std::ranges::any_of(kCodeEndings, [&](std::string_view ending) {
        return file.path.ends_with(ending);
    });
}

std::size_t indent_of(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

/// Whether the line opens a block of code, rather than a type, a namespace or a table.
bool opens_code(std::string_view line) {
    if (!line.ends_with('{') || line.find(')') == std::string_view::npos) {
        return false;
    }
    const std::string_view text = line.substr(indent_of(line));
    constexpr std::array<std::string_view, 6> kOthers{
        "namespace", "class ", "struct ", "enum ", "union ", "extern "};
    return std::ranges::none_of(kOthers, [&](std::string_view word) {
        return text.starts_with(word);
    });
}

/// The line that closes the block opened on line `open`. A condition or an initialiser list that
/// was wrapped opens its block further in than it closes it.
std::size_t closing_line(const SourceFile& file, std::size_t open) {
    const std::size_t indent = indent_of(file.lines[open]);
    std::size_t line = open + 1;
    while (line < file.lines.size()) {
        const std::size_t here = indent_of(file.lines[line]);
        if (here <= indent && file.lines[line].substr(here).starts_with('}')) {
            return line;
        }
        ++line;
    }
    return line;
}

}  // namespace

Findings check_file_sizes(const SourceTree& tree) {
    Findings findings;
    for (const SourceFile& file : tree.files) {
        if (is_code(file) && file.lines.size() > kFileLinesMax) {
            findings.push_back(file.path + ": has " + std::to_string(file.lines.size()) + " lines");
        }
    }
    return findings;
}

Findings check_folder_sizes(const SourceTree& tree) {
    std::map<std::string, std::size_t> files;
    for (const SourceFile& file : tree.files) {
        if (is_source(file)) {
            ++files[file.path.substr(0, file.path.rfind('/'))];
        }
    }
    Findings findings;
    for (const auto& [folder, count] : files) {
        if (count > kFolderFilesMax) {
            findings.push_back(folder + ": has " + std::to_string(count) + " source files");
        }
    }
    return findings;
}

Findings check_function_sizes(const SourceTree& tree) {
    Findings findings;
    const auto is_cpp = [](const SourceFile& file) { return file.is_cpp(); };
    visit_lines(tree, is_cpp, [&](const SourceFile& file, std::size_t index) {
        if (!opens_code(file.lines[index])) {
            return;
        }
        const std::size_t length = closing_line(file, index) - index + 1;
        if (length > kFunctionLinesMax) {
            findings.push_back(finding(file, index, "is " + std::to_string(length) + " lines long")
            );
        }
    });
    return findings;
}

}  // namespace orderpush::tidy
