#pragma once

#include <cstddef>
#include <optional>
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
/// How many servers it names to choose from, at least 1.
std::size_t host_count(const Conninfo& conninfo);
/// Whether both lead to the same database in the same way.
bool is_same_connection(const std::string& url, const std::string& other);
/// Why no server can be reached with it, for who configures it; nothing of its text is in it.
std::optional<std::string> database_url_fault(const std::string& url);

}  // namespace orderpush::storage
