#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace orderpush::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kFoldersLeftOut{
    ".git", ".local", "build", "node_modules"};
constexpr std::string_view kGenerated = "package-lock.json";

bool is_left_out(const fs::path& path) {
    const std::string name = path.filename().string();
    return name == kGenerated || name == ".env" ||
           std::ranges::find(kFoldersLeftOut, name) != kFoldersLeftOut.end();
}

/// Nothing for a binary file.
std::vector<std::string> read_lines(const fs::path& path) {
    std::ifstream stream{path};
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
        if (line.find('\0') != std::string::npos) {
            return {};
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

enum class Keep { kStrings, kCodeOnly };

std::string strip(std::string_view line, Keep keep) {
    std::string kept;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote == 0 && line.substr(i).starts_with("//")) {
            break;
        }
        // A quote between digits separates thousands.
        const bool is_separator =
            c == '\'' && quote == 0 && i > 0 && line[i - 1] >= '0' && line[i - 1] <= '9';
        if (quote == 0 && (c == '"' || c == '\'') && !is_separator) {
            quote = c;
        } else if (quote != 0 && c == '\\') {
            kept += keep == Keep::kStrings ? std::string{line.substr(i, 2)} : "";
            ++i;
            continue;
        } else if (c == quote) {
            quote = 0;
        } else if (quote != 0 && keep == Keep::kCodeOnly) {
            continue;
        }
        kept += c;
    }
    return kept;
}

}  // namespace

bool SourceFile::is_in(std::string_view folder) const {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool SourceFile::is_cpp() const {
    return path.ends_with(".cpp") || path.ends_with(".hpp");
}

std::string SourceFile::name() const {
    return path.substr(path.rfind('/') + 1);
}

std::string SourceFile::text() const {
    std::string text;
    for (const std::string& line : lines) {
        text += line + '\n';
    }
    return text;
}

const SourceFile* SourceTree::find(std::string_view path) const {
    const auto found = std::ranges::find(files, path, &SourceFile::path);
    return found == files.end() ? nullptr : &*found;
}

SourceTree read_tree(const fs::path& root) {
    SourceTree tree{root, {}};
    for (auto entry = fs::recursive_directory_iterator{root};
         entry != fs::recursive_directory_iterator{};
         ++entry) {
        if (is_left_out(entry->path())) {
            entry.disable_recursion_pending();
        } else if (entry->is_regular_file()) {
            tree.files.push_back(
                {entry->path().lexically_relative(root).generic_string(), read_lines(entry->path())}
            );
        }
    }
    std::ranges::sort(tree.files, {}, &SourceFile::path);
    return tree;
}

void visit_lines(const SourceTree& tree, FilePredicate applies, const LineVisitor& visit) {
    for (const SourceFile& file : tree.files) {
        for (std::size_t i = 0; applies(file) && i < file.lines.size(); ++i) {
            visit(file, i);
        }
    }
}

std::string finding(const SourceFile& file, std::size_t index, std::string_view message) {
    return file.path + ":" + std::to_string(index + 1) + ": " + std::string{message};
}

std::string code_of(std::string_view line) {
    return strip(line, Keep::kCodeOnly);
}

std::string without_comment(std::string_view line) {
    return strip(line, Keep::kStrings);
}

}  // namespace orderpush::tidy
