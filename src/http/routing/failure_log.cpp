#include "http/routing/failure_log.hpp"

#include "base/observability/log.hpp"
#include "core/error_codes.hpp"

namespace orderpush::http {
namespace {

constexpr std::uint32_t kLinesPerMinute = 20;

}  // namespace

FailureLog::FailureLog() : others_(kLinesPerMinute) {
    for (const ErrorCode& entry : kErrorCodes) {
        limiters_.try_emplace(entry.code, kLinesPerMinute);
    }
}

void FailureLog::write(
    int status, std::string_view request_id, std::string_view route, const Error& error
) {
    const auto found = limiters_.find(error.code);
    LogLimiter& limiter = found == limiters_.end() ? others_ : found->second;
    const auto left_out = limiter.admit();
    if (!left_out) {
        return;
    }
    log::write(
        status == 500 ? log::Level::kError : log::Level::kWarn,
        "request_failed",
        {{"requestId", request_id},
         {"route", route},
         {"status", status},
         {"code", error.code},
         {"detail", error.detail},
         {"leftOut", *left_out}}
    );
}

}  // namespace orderpush::http
