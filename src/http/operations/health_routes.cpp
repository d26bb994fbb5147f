#include "http/operations/health_routes.hpp"

#include "base/crypto/crypto.hpp"
#include "http/routing/call_reader.hpp"

namespace orderpush::http {

Result<Answer> show_live(const RequestContext& /*call*/) {
    return Answer{.body = R"({"status":"live"})"};
}

Result<Answer> show_ready(const RequestContext& call) {
    constexpr std::chrono::seconds kRetryAfter{2};
    const auto readiness = call.services.readiness();
    if (readiness) {
        return Answer{.body = R"({"status":"ready"})"};
    }
    Error error = readiness.error();
    error.kind = ErrorKind::kUnavailable;
    error.retry_after = error.retry_after.value_or(kRetryAfter);
    return error;
}

Result<Answer> show_metrics(const RequestContext& call) {
    const MetricsAccess& access = call.services.metrics;
    if (access.registry == nullptr || access.token.empty()) {
        return Error{
            .kind = ErrorKind::kNotFound,
            .code = "metrics_off",
            .message = "There are no metrics here: METRICS_TOKEN is not set."};
    }
    const std::string_view token = bearer_token_of(call.request);
    if (!equal_in_constant_time(token, access.token)) {
        return Error{
            .kind = ErrorKind::kUnauthenticated,
            .code = token.empty() ? "credential_missing" : "token_invalid",
            .message = "Send the metrics token as 'Authorization: Bearer …'."};
    }
    return Answer{
        .body = access.registry->text(), .content_type = std::string{metrics::kTextFormat}};
}

}  // namespace orderpush::http
