#pragma once

#include "http/routing/route.hpp"

#include <vector>

namespace orderpush::http {

/// Every endpoint of the HTTP API.
std::vector<Route> all_routes();

}  // namespace orderpush::http
