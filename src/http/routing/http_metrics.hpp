#pragma once

#include "base/observability/metrics.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::http {

/// What log and figures call the route of a request that met none.
inline constexpr std::string_view kNoRoute = "-";

/// The patterns of all routes, each once, and kNoRoute.
std::vector<std::string> route_figures();

/// Counts requests. Any thread. The figures appear as the routes are used: all at once would be a
/// thousand lines; finding them takes about a microsecond.
class HttpMetrics {
  public:
    /// Null: counts nothing. Outlives this.
    explicit HttpMetrics(metrics::Registry* registry);

    /// `pattern` out of route_figures().
    void answered(
        std::string_view pattern,
        std::string_view method,
        int status,
        std::chrono::steady_clock::duration taken
    ) const;

  private:
    metrics::Registry* const registry_;
    metrics::Counter rate_limited_;
};

}  // namespace orderpush::http
