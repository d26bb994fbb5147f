#include "http/routing/request_limits.hpp"

#include "core/access/client_address.hpp"
#include "core/error_codes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace orderpush::http {
namespace {

std::string key_of(const Guest& guest) {
    return "guest " + to_string(guest.session) + ' ' + guest.device_id;
}

std::string key_of(const StaffMember& staff) {
    return "staff " + to_string(staff.id);
}

std::string key_of(const ApiClient& client) {
    return to_string(client.key);
}

}  // namespace

RequestLimits::RequestLimits(RequestLimitOptions options)
    : now_(std::move(options.now)),
      by_address_(options.per_address),
      by_caller_(options.per_caller),
      by_session_(options.per_session),
      by_api_key_(options.per_api_key) {}

Result<void> RequestLimits::admit_address(const std::string& client_address, RequestQuota& quota) {
    return admit(by_address_, "address", subscriber_of(client_address), quota);
}

Result<void> RequestLimits::admit_caller(const Caller& caller, RequestQuota& quota) {
    const std::string key = std::visit([](const auto& who) { return key_of(who); }, caller);
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        ORDERPUSH_TRY(admit(by_session_, "session", to_string(guest->session), quota));
    }
    return std::holds_alternative<ApiClient>(caller) ? admit(by_api_key_, "api-key", key, quota)
                                                     : admit(by_caller_, "caller", key, quota);
}

Result<void> RequestLimits::admit(
    RateLimiter& limiter, std::string_view policy, const std::string& key, RequestQuota& quota
) const {
    const RateDecision taken = limiter.take(key, 1, now_());
    if (limiter.is_off()) {
        return {};
    }
    const bool is_tighter =
        quota.policy.empty() || !taken.is_allowed || taken.remaining < quota.decision.remaining;
    if (is_tighter) {
        quota = {.policy = policy, .decision = taken};
    }
    if (taken.is_allowed) {
        return {};
    }
    Error error = make_error("rate_limited");
    error.retry_after = taken.retry_after;
    return error;
}

bool is_limited(std::string_view route_pattern) {
    constexpr std::array<std::string_view, 3> kWatched{"/live", "/ready", "/metrics"};
    return std::ranges::find(kWatched, route_pattern) == kWatched.end();
}

void show_quota(const RequestQuota& quota, Response& response) {
    if (quota.policy.empty()) {
        return;
    }
    const std::string limit = std::to_string(quota.decision.limit);
    const std::string remaining = std::to_string(quota.decision.remaining);
    const std::string reset = std::to_string(quota.decision.reset_after.count());
    const std::string item = std::string{'"'}.append(quota.policy).append("\"");
    response.headers.emplace_back("RateLimit-Policy", item + ";q=" + limit + ";w=60");
    response.headers.emplace_back("RateLimit", item + ";r=" + remaining + ";t=" + reset);
    response.headers.emplace_back("RateLimit-Limit", limit);
    response.headers.emplace_back("RateLimit-Remaining", remaining);
    response.headers.emplace_back("RateLimit-Reset", reset);
}

}  // namespace orderpush::http
