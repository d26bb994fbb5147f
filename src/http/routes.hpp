#pragma once

#include "http/routing/route.hpp"

#include <string>
#include <vector>

namespace orderpush::http {

/// Every endpoint of the HTTP API.
std::vector<Route> all_routes();

/// The patterns of all routes, each once, and kNoRoute: what metrics name the routes by.
std::vector<std::string> route_patterns();

}  // namespace orderpush::http
