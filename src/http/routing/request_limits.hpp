#pragma once

#include "base/rate_limiter.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/access/caller.hpp"
#include "http/routing/message.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace orderpush::http {

/// Requests per minute; 0: no limit. A minute's worth may come at once.
struct RequestLimitOptions {
    /// Of one client address; all requests but those of health checks.
    std::uint32_t per_address = 0;
    /// Of one guest's device in its session, or of one member of staff.
    std::uint32_t per_caller = 0;
    /// Of all guests of one table session: each names its device as it likes, and can have as many
    /// as it likes.
    std::uint32_t per_session = 0;
    std::uint32_t per_api_key = 0;
    std::function<Deadline()> now = std::chrono::steady_clock::now;
};

/// The tightest bucket that a request took from: the one with the least left.
struct RequestQuota {
    /// Which limit it is: "address", "caller", "session", "api-key".
    std::string_view policy = {};
    RateDecision decision = {};
};

/// How many requests a client may make. Any thread; never blocks for long.
class RequestLimits {
  public:
    explicit RequestLimits(RequestLimitOptions options);

    /// Counts a request from that address; kRateLimited "rate_limited". Before any work is done for
    /// it.
    Result<void> admit_address(const std::string& client_address, RequestQuota& quota);
    /// Counts a request of that caller; kRateLimited "rate_limited".
    Result<void> admit_caller(const Caller& caller, RequestQuota& quota);

  private:
    Result<void> admit(
        RateLimiter& limiter, std::string_view policy, const std::string& key, RequestQuota& quota
    ) const;

    const std::function<Deadline()> now_;
    RateLimiter by_address_;
    RateLimiter by_caller_;
    RateLimiter by_session_;
    RateLimiter by_api_key_;
};

/// Whether requests to that pattern are counted: not those by which we are watched.
bool is_limited(std::string_view route_pattern);

/// Tells the client how it stands: RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-
/// headers-10, section 2) and the three fields of earlier drafts that clients read. Nothing if no
/// limit is in force.
void show_quota(const RequestQuota& quota, Response& response);

}  // namespace orderpush::http
