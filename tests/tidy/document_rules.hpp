#pragma once

#include "tests/tidy/source_tree.hpp"

namespace orderpush::tidy {

/// Lines of documents (*.md) fit into 110 columns; rows of tables and single long words may pass
/// it.
Findings check_document_lines(const SourceTree& tree);
/// No heading stands over more than 170 words of text, tables and code aside: answers are found by
/// headings.
Findings check_document_sections(const SourceTree& tree);
/// Links from a document into the project lead to a file or folder that exists, and to a heading
/// that the file has.
Findings check_document_links(const SourceTree& tree);
/// A path in backticks exists, from the root or from src.
Findings check_document_paths(const SourceTree& tree);

}  // namespace orderpush::tidy
