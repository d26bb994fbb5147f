#pragma once

#include "tests/tidy/source_tree.hpp"

namespace orderpush::tidy {

/// Calls that have a better way in this project: its log, its clock, its bounds.
Findings check_banned_calls(const SourceTree& tree);
/// SQL stands in src/storage and sql only.
Findings check_sql_homes(const SourceTree& tree);
/// Every line is understood by somebody who has nothing but the checkout: no reference to a
/// tracker, no path of one machine, no TODO without its condition.
Findings check_lines_stand_alone(const SourceTree& tree);
/// Every C++ source is named by the CMakeLists.txt (or a .cmake file) of its folder or one above.
Findings check_sources_are_built(const SourceTree& tree);
/// Codes of errors in the product are those of src/core/error_codes.hpp.
Findings check_error_codes(const SourceTree& tree);

}  // namespace orderpush::tidy
