#pragma once

#include "tests/tidy/source_tree.hpp"

namespace orderpush::tidy {

/// Every prepared statement of src/storage is in a list of its folder, and every list is one of
/// those that all_statements() joins: so each is prepared by a test against PostgreSQL.
Findings check_statements_are_listed(const SourceTree& tree);

}  // namespace orderpush::tidy
