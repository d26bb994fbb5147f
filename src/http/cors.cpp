#include "http/cors.hpp"

#include "base/log.hpp"

#include <chrono>

namespace orderpush::http {
namespace {

constexpr const char* kMethods = "GET, HEAD, POST, PUT, PATCH, DELETE";
constexpr const char* kRequestHeaders =
    "Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-Id, X-API-Key, "
    "X-CSRF-TOKEN, X-Socket-Id";
constexpr const char* kExposedHeaders = "X-Request-Id, Idempotent-Replayed, Retry-After";
constexpr const char* kPreflightSeconds = "600";

/// Anyone can send any Origin at any rate; one line in this time is enough to find a mistake by.
constexpr std::chrono::milliseconds kWarnInterval{10'000};
constexpr std::size_t kLoggedOriginMax = 200;

}  // namespace

void Cors::decorate(const Request& request, Answer& answer) {
    answer.headers.emplace_back("Vary", "Origin");
    const std::string_view origin = request.header("Origin");
    if (origin.empty()) {
        return;
    }
    if (!origins_.allows(origin)) {
        warn_rejected(origin);
        return;
    }
    answer.headers.emplace_back("Access-Control-Allow-Origin", origin);
    answer.headers.emplace_back("Access-Control-Expose-Headers", kExposedHeaders);
    if (request.method == "OPTIONS") {
        answer.headers.emplace_back("Access-Control-Allow-Methods", kMethods);
        answer.headers.emplace_back("Access-Control-Allow-Headers", kRequestHeaders);
        answer.headers.emplace_back("Access-Control-Max-Age", kPreflightSeconds);
    }
}

void Cors::warn_rejected(std::string_view origin) {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::steady_clock::now().time_since_epoch()
    )
                         .count();
    std::int64_t quiet_until = quiet_until_.load();
    const bool is_ours =
        now >= quiet_until &&
        quiet_until_.compare_exchange_strong(quiet_until, now + kWarnInterval.count());
    if (is_ours) {
        log::warn(
            "origin_rejected",
            {{"origin", origin.substr(0, kLoggedOriginMax)}, {"setting", "CORS_ALLOWED_ORIGINS"}}
        );
    }
}

}  // namespace orderpush::http
