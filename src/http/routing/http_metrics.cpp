#include "http/routing/http_metrics.hpp"

#include "http/routing/routes.hpp"
#include "usecases/metrics_table.hpp"

#include <set>

namespace orderpush::http {

std::vector<std::string> route_figures() {
    std::set<std::string> patterns{std::string{kNoRoute}};
    for (const Route& route : all_routes()) {
        patterns.emplace(route.pattern);
    }
    return {patterns.begin(), patterns.end()};
}

HttpMetrics::HttpMetrics(metrics::Registry* registry) : registry_(registry) {
    if (registry_ != nullptr) {
        rate_limited_ = registry_->counter(usecases::figure::kHttpRefused, {"rate_limited"});
    }
}

void HttpMetrics::answered(
    std::string_view pattern,
    std::string_view method,
    int status,
    std::chrono::steady_clock::duration taken
) const {
    constexpr int kTooManyRequests = 429;
    if (registry_ == nullptr) {
        return;
    }
    registry_
        ->counter(
            usecases::figure::kHttpRequests,
            {pattern, usecases::figure_of_method(method), usecases::figure_of_status(status)}
        )
        .add();
    registry_->histogram(usecases::figure::kHttpDuration, {pattern})
        .observe(std::chrono::duration<double>{taken}.count());
    if (status == kTooManyRequests) {
        rate_limited_.add();
    }
}

}  // namespace orderpush::http
