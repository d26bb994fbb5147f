#include "http/health_routes.hpp"

namespace orderpush::http {

Result<Answer> show_live(const Call& /*call*/) {
    return Answer{.body = R"({"status":"live"})"};
}

Result<Answer> show_ready(const Call& call) {
    constexpr std::chrono::seconds kRetryAfter{2};
    const auto readiness = call.services.readiness();
    if (readiness) {
        return Answer{.body = R"({"status":"ready"})"};
    }
    Error error = readiness.error();
    error.code = ErrorCode::kUnavailable;
    error.retry_after = error.retry_after.value_or(kRetryAfter);
    return error;
}

}  // namespace orderpush::http
