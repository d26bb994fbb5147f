#include "http/routing/cors.hpp"

#include "base/observability/log.hpp"

#include <cstdint>

namespace orderpush::http {
namespace {

constexpr std::string_view kAllMethods = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// Ours, those that frameworks add, and those by which tracing in browsers joins a request to its
/// trace: W3C Trace Context and Baggage, Sentry, B3 (Zipkin), Datadog, New Relic, Elastic.
constexpr const char* kRequestHeaders =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id, "
    "X-API-Key, X-CSRF-TOKEN, X-XSRF-TOKEN, X-Requested-With, X-Socket-Id, Cache-Control, Pragma, "
    "traceparent, tracestate, baggage, sentry-trace, b3, X-B3-TraceId, X-B3-SpanId, "
    "X-B3-ParentSpanId, X-B3-Sampled, X-B3-Flags, x-datadog-origin, x-datadog-parent-id, "
    "x-datadog-sampling-priority, x-datadog-trace-id, newrelic, elastic-apm-traceparent";
constexpr const char* kExposedHeaders =
    "ETag, Location, Retry-After, X-Request-Id, Idempotent-Replayed, RateLimit, RateLimit-Policy, "
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset";
constexpr const char* kPreflightSeconds = "600";

/// Anyone can send any Origin at any rate; a few lines are enough to find a mistake by.
constexpr std::uint32_t kRejectedLinesPerMinute = 6;
constexpr std::size_t kLoggedOriginMax = 200;

}  // namespace

Cors::Cors(OriginPolicy origins)
    : origins_(std::move(origins)), rejected_lines_(kRejectedLinesPerMinute) {}

void Cors::decorate(const Request& request, std::string_view methods, Response& response) {
    const std::string_view origin = request.header("Origin");
    for (auto& header : headers(origin)) {
        response.headers.push_back(std::move(header));
    }
    if (request.method == "OPTIONS" && !origin.empty() && origins_.allows(origin)) {
        response.headers.emplace_back(
            "Access-Control-Allow-Methods", methods.empty() ? kAllMethods : methods
        );
        response.headers.emplace_back("Access-Control-Allow-Headers", kRequestHeaders);
        response.headers.emplace_back("Access-Control-Max-Age", kPreflightSeconds);
    }
}

protocol::HttpHeaders Cors::headers(std::string_view origin) {
    protocol::HttpHeaders found{{"Vary", "Origin"}};
    if (origin.empty()) {
        return found;
    }
    if (!origins_.allows(origin)) {
        warn_rejected(origin);
        return found;
    }
    found.emplace_back("Access-Control-Allow-Origin", origin);
    found.emplace_back("Access-Control-Expose-Headers", kExposedHeaders);
    return found;
}

void Cors::warn_rejected(std::string_view origin) {
    if (const auto left_out = rejected_lines_.admit()) {
        log::warn(
            "origin_rejected",
            {{"origin", origin.substr(0, kLoggedOriginMax)},
             {"setting", "CORS_ALLOWED_ORIGINS"},
             {"leftOut", *left_out}}
        );
    }
}

}  // namespace orderpush::http
