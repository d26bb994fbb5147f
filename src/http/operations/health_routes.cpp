#include "base/crypto/crypto.hpp"
#include "base/observability/metrics.hpp"
#include "core/error_codes.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/request_reader.hpp"
#include "http/routing/services.hpp"

namespace orderpush::http {

/// GET /live → 200 while the process answers. Never blocks.
Result<Response> show_live(const RequestContext& /*context*/) {
    return Response{.body = R"({"status":"live"})"};
}

/// GET /ready → 200, or 503 with the reason and Retry-After.
Result<Response> show_ready(const RequestContext& context) {
    constexpr std::chrono::seconds kRetryAfter{2};
    const auto readiness = context.services.readiness();
    if (readiness) {
        return Response{.body = R"({"status":"ready"})"};
    }
    Error error = readiness.error();
    error.kind = ErrorKind::kUnavailable;
    error.retry_after = error.retry_after.value_or(kRetryAfter);
    return error;
}

/// GET /metrics → the metrics, for whoever brings METRICS_TOKEN; 404 "metrics_off" if there is
/// none. Does not need the database.
Result<Response> show_metrics(const RequestContext& context) {
    const MetricsAccess& access = context.services.metrics;
    if (access.registry == nullptr || access.token.empty()) {
        return make_error("metrics_off");
    }
    const std::string_view token = bearer_token_of(context.request);
    if (!equal_in_constant_time(token, access.token)) {
        constexpr const char* kHint = "Send the metrics token as 'Authorization: Bearer …'.";
        return token.empty() ? make_error("credential_missing", kHint)
                             : make_error("token_invalid", kHint);
    }
    return Response{.body = access.registry->text(), .content_type = metrics::kTextFormat};
}

}  // namespace orderpush::http
