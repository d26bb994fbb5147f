#pragma once

#include "tests/tidy/source_tree.hpp"

namespace orderpush::tidy {

/// Folders include only what their row of the table allows (base and themselves always).
Findings check_include_arrows(const SourceTree& tree);
/// Headers of a third party stay in the folders that are their home; the JSON library stays out of
/// headers.
Findings check_third_party_homes(const SourceTree& tree);

}  // namespace orderpush::tidy
