#pragma once

#include "base/observability/metrics.hpp"

#include <chrono>
#include <string_view>

namespace orderpush::http {

/// What log and metrics call the route of a request that met none.
inline constexpr std::string_view kNoRoute = "-";

/// Counts requests. Any thread. The series appear as the routes are used: all at once would be a
/// thousand lines; finding them takes about a microsecond.
class HttpMetrics {
  public:
    /// Null: counts nothing. Outlives this.
    explicit HttpMetrics(metrics::Registry* registry);

    /// `pattern`: of a route, or kNoRoute.
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
