#pragma once

#include "base/crypto/crypto.hpp"
#include "base/crypto/jwt.hpp"
#include "base/crypto/uuid.hpp"
#include "base/rate_limiter.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/access/staff_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "usecases/idempotency.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct Login {
    std::string token;
    Timestamp expires_at;
    StaffMember staff;
};

struct LoginAttempt {
    std::string email;
    std::string password;
    /// The client's IP; empty: unknown, and then all unknown ones share one count.
    std::string client_address = {};
};

struct LoginOptions {
    /// Attempts from one client address, good ones included: a bound of the work that they cost. 0:
    /// no limit, as below.
    std::uint32_t attempts_per_address_per_minute = 60;
    /// Failures for one e-mail address, whether anybody has it or not, from wherever. Far above the
    /// next: it is there for guessing from many addresses, and while it holds the owner is locked
    /// out as well.
    std::uint32_t attempts_per_email_per_minute = 100;
    /// Failures for one e-mail address from one client address.
    std::uint32_t failures_per_minute = 10;
    /// Replaceable in tests.
    std::function<bool(std::string_view encoded, std::string_view password)> verify =
        verify_password;
    std::function<Deadline()> now = std::chrono::steady_clock::now;
};

struct CreateStaff {
    /// 1 to 100 characters.
    std::string name;
    /// Something with one '@' inside, 254 characters at most; nobody else's, in any case.
    std::string email;
    /// 8 to 128 characters.
    std::string password;
    Role role = Role::kKitchen;
    BranchId branch;
    std::optional<StationId> station = {};
};

struct StaffServiceDependencies {
    StaffStore& staff;
    MenuStore& menus;
    IdempotencyGuard& guard;
    const JwtKeyring& keyring;
    IdSource& ids;
    const Clock& clock;
};

/// Hires staff and logs them in. Any thread; blocks on the store and for the time a password hash
/// takes.
class StaffService {
  public:
    /// `token_lifetime` is how long a log-in lasts.
    StaffService(
        const StaffServiceDependencies& dependencies,
        std::chrono::seconds token_lifetime,
        PasswordCost cost = PasswordCost::kInteractive,
        LoginOptions options = {}
    );

    /// kUnauthenticated "login_failed" for an unknown address and a wrong password alike, after the
    /// same work. kRateLimited "login_rate_limited" before any work, from a client with too many
    /// attempts, and for an e-mail address with too many failures from that client or in all. A
    /// good log-in is no failure, whatever others try at the same time. At most two passwords are
    /// hashed at a time, and two more wait, so that log-ins cannot take the threads and the memory
    /// that orders need: kRateLimited "login_busy" for one more, and for one that waited for two
    /// seconds.
    Result<Login> log_in(const LoginAttempt& attempt);
    /// Answers with the document of the new member of staff. kInvalid names each wrong field;
    /// kConflict "email_taken"; kRateLimited "login_busy" as above.
    Result<CreatedResponse> create(
        const Caller& caller,
        const CreateStaff& request,
        const std::optional<Idempotency>& idempotency
    );

  private:
    /// What an attempt is counted under.
    struct Counted {
        std::string email;
        /// Client and e-mail address.
        std::string pair;
    };
    /// Counts the attempt, and as a failure until uncount().
    Result<Counted> count(const LoginAttempt& attempt);
    /// It is none: the password was right, or was not looked at.
    void uncount(const Counted& counted);
    Result<Login> verify(const LoginAttempt& attempt);
    Result<CreatedResponse> create_once(
        const RestaurantId& restaurant,
        const CreateStaff& request,
        const std::optional<IdempotencyKey>& key
    );

    static constexpr int kHashingsMax = 2;
    static constexpr int kWaitingMax = 2;

    const StaffServiceDependencies deps_;
    const std::chrono::seconds token_lifetime_;
    const PasswordCost cost_;
    /// Verified against for unknown addresses, so that they take as long as known ones.
    const std::string decoy_hash_;
    const LoginOptions options_;
    RateLimiter by_address_;
    RateLimiter failures_;
    RateLimiter failures_by_email_;
    std::counting_semaphore<> entries_{kHashingsMax + kWaitingMax};
    std::counting_semaphore<> hashings_{kHashingsMax};
};

}  // namespace orderpush::usecases
