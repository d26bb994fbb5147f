#pragma once

#include "base/crypto/crypto.hpp"
#include "base/crypto/jwt.hpp"
#include "base/crypto/uuid.hpp"
#include "base/rate_limiter.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/access/staff_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "usecases/access/ended_logins.hpp"
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
    /// The same from now on.
    std::chrono::seconds expires_in{};
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
    /// So long after a log-in its token can be renewed.
    std::chrono::hours renewable_for{24 * 30};
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
    EndedLogins& ended_logins;
    IdSource& ids;
    const Clock& clock;
};

struct ChangeStaff {
    StaffId staff;
    /// Whether the person may log in.
    bool is_active = true;
};

struct NewPassword {
    StaffId staff;
    /// 8 to 128 characters.
    std::string password;
};

/// Hires staff and logs them in. Any thread; blocks on the store and for the time a password hash
/// takes.
class StaffService {
  public:
    /// `token_lifetime` is how long a token lasts that is not renewed.
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
    /// A new token of the log-in that `caller` has, with the person's role, branch and name as they
    /// are now. kForbidden "login_too_old" so long after the log-in, and for callers who are no
    /// staff; kUnauthenticated "login_ended", also for somebody whom the restaurant does not know.
    Result<Login> renew(const Caller& caller);
    /// Ends every log-in of a person, on all instances within a few seconds: the tokens prove
    /// nothing, and what listens with them on the built-in server is unsubscribed. For whoever
    /// manages staff, and for oneself. kNotFound "staff_not_found".
    Result<void> sign_out(const Caller& caller, const StaffId& id);
    /// The same, with the change. The person's document. kInvalid for an ADMIN who would lock
    /// themselves out.
    Result<std::string> change(const Caller& caller, const ChangeStaff& request);
    /// The same, with the new password.
    Result<void> set_password(const Caller& caller, const NewPassword& request);
    /// Answers with the document of the new member of staff. kInvalid names each wrong field;
    /// kConflict "email_taken"; kRateLimited "login_busy" as above.
    Result<CreatedResponse> create(
        const Caller& caller,
        const CreateStaff& request,
        const std::optional<Idempotency>& idempotency
    );

  private:
    Login issue(const Staff& staff, Timestamp logged_in_at) const;
    Result<Staff> end_logins(const LoginsEnd& end);
    /// kRateLimited "login_busy".
    Result<std::string> hash(const std::string& password);
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
