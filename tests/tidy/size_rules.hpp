#pragma once

#include "tests/tidy/source_tree.hpp"

namespace orderpush::tidy {

/// No source file over 500 lines.
Findings check_file_sizes(const SourceTree& tree);
/// No folder with more than 26 source files: a reader sees it at one glance.
Findings check_folder_sizes(const SourceTree& tree);
/// No C++ block that is code (function, lambda, test) over 60 lines, judged by the formatter's
/// indentation.
Findings check_function_sizes(const SourceTree& tree);

}  // namespace orderpush::tidy
