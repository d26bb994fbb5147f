#include "tests/tidy/document_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>

namespace orderpush::tidy {
namespace {

constexpr std::size_t kColumnsMax = 110;
constexpr std::size_t kSectionWordsMax = 170;

bool is_document(const SourceFile& file) {
    return file.path.ends_with(".md");
}

/// UTF-8 characters.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::string_view without_indentation(std::string_view line) {
    return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

bool is_table_row(std::string_view line) {
    return without_indentation(line).starts_with('|');
}

/// Whether no space after the list's marker lets the line be broken within the limit.
bool is_one_word(std::string_view line) {
    std::string_view text = without_indentation(line);
    if (text.starts_with("- ")) {
        text = without_indentation(text.substr(2));
    }
    return text.find(' ') == std::string_view::npos;
}

/// Which lines stand in a fenced block of code, its fences among them.
std::vector<bool> fenced_lines(const SourceFile& file) {
    std::vector<bool> fenced;
    bool is_inside = false;
    for (const std::string& line : file.lines) {
        const bool is_fence = without_indentation(line).starts_with("```");
        fenced.push_back(is_inside || is_fence);
        is_inside = is_inside != is_fence;
    }
    return fenced;
}

using TextVisitor =
    std::function<void(const SourceFile& file, std::size_t index, std::string_view text)>;

/// Calls `visit` for each piece of text between `opening` and the next `closing` on one line,
/// outside of blocks of code.
void visit_between(
    const SourceTree& tree,
    std::string_view opening,
    std::string_view closing,
    const TextVisitor& visit
) {
    for (const SourceFile& file : tree.files) {
        if (!is_document(file)) {
            continue;
        }
        const std::vector<bool> fenced = fenced_lines(file);
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string_view line = file.lines[i];
            std::size_t begin = fenced[i] ? std::string_view::npos : line.find(opening);
            while (begin != std::string_view::npos) {
                begin += opening.size();
                const auto end = line.find(closing, begin);
                if (end == std::string_view::npos) {
                    break;
                }
                visit(file, i, line.substr(begin, end - begin));
                begin = line.find(opening, end + closing.size());
            }
        }
    }
}

/// The name by which GitHub lets a heading be linked.
std::string anchor_of(std::string_view heading) {
    std::string anchor;
    for (const char c : heading) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == ' ') {
            anchor += '-';
        } else if (byte >= 0x80U || std::isalnum(byte) != 0 || c == '-' || c == '_') {
            anchor += static_cast<char>(std::tolower(byte));
        }
    }
    return anchor;
}

/// The text of a heading; nothing if the line is none.
std::optional<std::string_view> heading_in(std::string_view line) {
    const auto space = line.find_first_not_of('#');
    const bool is_heading = space != std::string_view::npos && space > 0 && line[space] == ' ';
    return is_heading ? std::optional{line.substr(space + 1)} : std::nullopt;
}

bool has_heading(const SourceFile& file, std::string_view anchor) {
    const std::vector<bool> fenced = fenced_lines(file);
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const auto heading = heading_in(file.lines[i]);
        if (!fenced[i] && heading && anchor_of(*heading) == anchor) {
            return true;
        }
    }
    return false;
}

std::size_t count_words(const std::string& line) {
    std::istringstream words{line};
    return static_cast<std::size_t>(std::distance(std::istream_iterator<std::string>{words}, {}));
}

void add_long_sections(const SourceFile& file, Findings& findings) {
    const std::vector<bool> fenced = fenced_lines(file);
    std::size_t begin = 0;
    std::size_t words = 0;
    const auto end_section = [&](std::size_t next) {
        if (words > kSectionWordsMax) {
            findings.push_back(
                finding(file, begin, fmt::format("has {} words under one heading", words))
            );
        }
        begin = next;
        words = 0;
    };
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const std::string& line = file.lines[i];
        if (fenced[i] || is_table_row(line)) {
            continue;
        }
        if (heading_in(line)) {
            end_section(i);
        } else {
            words += count_words(line);
        }
    }
    end_section(file.lines.size());
}

bool is_there(const SourceTree& tree, const std::string& path) {
    const bool is_folder = std::ranges::any_of(tree.files, [&](const SourceFile& file) {
        return file.is_in(path.ends_with('/') ? path.substr(0, path.size() - 1) : path);
    });
    return is_folder || tree.find(path) != nullptr;
}

/// What is wrong with a link's target; nothing if it is right.
std::string link_fault(const SourceTree& tree, const SourceFile& from, std::string_view target) {
    const bool is_elsewhere =
        target.find("://") != std::string_view::npos || target.starts_with("mailto:");
    if (is_elsewhere) {
        return {};
    }
    const auto hash = std::min(target.find('#'), target.size());
    const std::filesystem::path folder = std::filesystem::path{from.path}.parent_path();
    const std::string path =
        hash == 0 ? from.path
                  : (folder / std::string{target.substr(0, hash)}).lexically_normal().string();
    if (!is_there(tree, path)) {
        return fmt::format("there is no {}", path);
    }
    if (hash == target.size()) {
        return {};
    }
    const SourceFile* const file = tree.find(path);
    const std::string_view anchor = target.substr(hash + 1);
    return file != nullptr && has_heading(*file, anchor)
               ? std::string{}
               : fmt::format("{} has no heading #{}", path, anchor);
}

/// The folders at the root and in src: what a path of the project begins with.
std::set<std::string> first_folders(const SourceTree& tree) {
    std::set<std::string> folders;
    for (const SourceFile& file : tree.files) {
        const std::string path = file.is_in("src") ? file.path.substr(4) : file.path;
        for (const std::string& each : {file.path, path}) {
            if (const auto slash = each.find('/'); slash != std::string::npos) {
                folders.insert(each.substr(0, slash));
            }
        }
    }
    return folders;
}

/// The part of a text in backticks that is a path: up to a space, or up to the folder in front of a
/// placeholder or wildcard (src/NAME/… is src).
std::string path_in(std::string_view text) {
    const auto is_part = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view{"/._-+"}.find(c) != std::string_view::npos;
    };
    std::string path{text.substr(0, text.find(' '))};
    const auto end = std::ranges::find_if_not(path, is_part);
    if (end != path.end()) {
        path.erase(end, path.end());
        path.resize(std::min(path.rfind('/'), path.size()));
    }
    return path;
}

}  // namespace

Findings check_document_lines(const SourceTree& tree) {
    Findings findings;
    visit_lines(tree, is_document, [&](const SourceFile& file, std::size_t index) {
        const std::string& line = file.lines[index];
        const std::size_t width = width_of(line);
        if (width > kColumnsMax && !is_table_row(line) && !is_one_word(line)) {
            findings.push_back(finding(file, index, fmt::format("has {} columns", width)));
        }
    });
    return findings;
}

Findings check_document_sections(const SourceTree& tree) {
    Findings findings;
    for (const SourceFile& file : tree.files) {
        if (is_document(file)) {
            add_long_sections(file, findings);
        }
    }
    return findings;
}

Findings check_document_links(const SourceTree& tree) {
    Findings findings;
    visit_between(
        tree,
        "](",
        ")",
        [&](const SourceFile& file, std::size_t index, std::string_view target) {
            if (const std::string fault = link_fault(tree, file, target); !fault.empty()) {
                findings.push_back(finding(file, index, fault));
            }
        }
    );
    return findings;
}

Findings check_document_paths(const SourceTree& tree) {
    const std::set<std::string> folders = first_folders(tree);
    Findings findings;
    visit_between(
        tree,
        "`",
        "`",
        [&](const SourceFile& file, std::size_t index, std::string_view text) {
            const std::string path = path_in(text);
            const auto slash = path.find('/');
            const bool is_path =
                slash != std::string::npos && folders.contains(path.substr(0, slash));
            if (is_path && !is_there(tree, path) && !is_there(tree, "src/" + path)) {
                findings.push_back(finding(file, index, fmt::format("there is no {}", path)));
            }
        }
    );
    return findings;
}

}  // namespace orderpush::tidy
