#pragma once

#include "http/routing/route.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderpush::http {

/// Where a request goes.
struct RouteMatch {
    /// Null: no such path, or, if `allowed` is not empty, a path that takes other methods.
    const Route* route = nullptr;
    std::vector<std::string> captures = {};
    /// For the header Allow.
    std::string allowed = {};
};

/// Finds the route of a method and path by comparing segments. HEAD goes where GET goes. Immutable;
/// any thread.
class Router {
  public:
    explicit Router(std::vector<Route> routes);

    /// `path` is still percent-encoded.
    RouteMatch match(std::string_view method, std::string_view path) const;

  private:
    struct Entry {
        Route route;
        std::vector<std::string_view> segments;
    };
    std::vector<Entry> entries_;
};

}  // namespace orderpush::http
