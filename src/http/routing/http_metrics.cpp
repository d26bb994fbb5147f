#include "http/routing/http_metrics.hpp"

#include "usecases/metrics_table.hpp"

namespace orderpush::http {

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
