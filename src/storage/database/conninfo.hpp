#pragma once

#include <string>
#include <utility>
#include <vector>

namespace orderpush::storage {

/// libpq's connection parameters, keyword and value; of several with one keyword the last counts.
using Conninfo = std::vector<std::pair<std::string, std::string>>;

/// Reads a connection string or URI. Throws std::invalid_argument for one that libpq cannot read;
/// its text holds nothing of the string, which has a password in it.
Conninfo parse_conninfo(const std::string& url);
/// As a connection string of quoted values.
std::string to_string(const Conninfo& conninfo);

}  // namespace orderpush::storage
