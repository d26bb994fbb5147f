#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::tidy {

/// What a rule has against a tree: "path:line: message", or "path: message".
using Findings = std::vector<std::string>;

struct SourceFile {
    /// From the root, with '/'.
    std::string path;
    std::vector<std::string> lines;

    bool is_in(std::string_view folder) const;
    /// C++ source or header.
    bool is_cpp() const;
    std::string name() const;
    std::string text() const;
};

/// The text files of a checkout, sorted by path; what was built, installed or generated is left
/// out.
struct SourceTree {
    std::filesystem::path root;
    std::vector<SourceFile> files;

    /// Nothing if there is no such file.
    const SourceFile* find(std::string_view path) const;
};

SourceTree read_tree(const std::filesystem::path& root);

using FilePredicate = bool (*)(const SourceFile& file);
using LineVisitor = std::function<void(const SourceFile& file, std::size_t index)>;

/// Calls `visit` for each line of the files that `applies` to; `index` counts from 0.
void visit_lines(const SourceTree& tree, FilePredicate applies, const LineVisitor& visit);

/// `index` counts from 0.
std::string finding(const SourceFile& file, std::size_t index, std::string_view message);

/// A line of C++ without its comment and without the contents of its string literals.
std::string code_of(std::string_view line);
/// A line of C++ without its comment.
std::string without_comment(std::string_view line);

/// The text of a C++ string literal, adjacent ones joined, escapes as written; `index` is the line
/// of its first character that is not white space.
struct StringLiteral {
    std::size_t index;
    std::string text;
};
/// Raw literals too; those in comments are left out.
std::vector<StringLiteral> string_literals(const SourceFile& file);

}  // namespace orderpush::tidy
