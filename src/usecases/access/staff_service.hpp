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
#include <vector>

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
    /// Where an address belongs to several.
    std::optional<RestaurantId> restaurant = {};
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
    /// 8 to 128 characters; without one the person gets a one-time password.
    std::optional<std::string> password = {};
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

/// What is not given stays.
struct ChangeStaff {
    StaffId staff;
    /// 1 to 100 characters.
    std::optional<std::string> name = {};
    std::optional<Role> role = {};
    /// Takes the station away, unless one is given.
    std::optional<BranchId> branch = {};
    /// An empty one inside: no station any more.
    std::optional<std::optional<StationId>> station = {};
    /// Whether the person may log in.
    std::optional<bool> is_active = {};
};

struct NewPassword {
    StaffId staff;
    /// 8 to 128 characters; without one the person gets a one-time password.
    std::optional<std::string> password = {};
};

struct OwnPassword {
    /// The present one.
    std::string password;
    /// 8 to 128 characters.
    std::string new_password;
    /// As of a LoginAttempt.
    std::string client_address = {};
};

/// Hires staff and logs them in. A MANAGER looks after the KITCHEN and WAITER of the branch, ADMIN
/// and API clients after everybody: kForbidden otherwise. Any thread; blocks on the store and for
/// the time a password hash takes.
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
    /// seconds. kConflict "login_ambiguous" where address and password are good in several
    /// restaurants: `restaurantIds`, parted by spaces, names them.
    Result<Login> log_in(const LoginAttempt& attempt);
    /// A new token of the log-in that `caller` has, with the person's role, branch and name as they
    /// are now. kForbidden "login_too_old" so long after the log-in, and for callers who are no
    /// staff; kUnauthenticated "login_ended", also for somebody whom the restaurant does not know.
    Result<Login> renew(const Caller& caller);
    /// Ends every log-in of a person, on all instances within a few seconds: the tokens prove
    /// nothing, and what listens with them on the built-in server is unsubscribed. For whoever
    /// manages staff, and for oneself. kNotFound "staff_not_found".
    Result<void> sign_out(const Caller& caller, const StaffId& id);
    /// The person's document. What changes role, branch or whether they may log in ends their
    /// log-ins as well. kInvalid names each wrong field, also for who would lock themselves out.
    Result<std::string> change(const Caller& caller, const ChangeStaff& request);
    /// Ends every log-in, and gives another password: the one-time password, if that was asked for.
    Result<std::optional<std::string>> set_password(
        const Caller& caller, const NewPassword& request
    );
    /// One's own; also with a log-in that is good for nothing else. Ends the others, and answers
    /// with a new one. kInvalid "password" if it is not the present one: counted as a failure to
    /// log in.
    Result<Login> change_own_password(const Caller& caller, const OwnPassword& request);
    /// By name, at most 1,000: of the caller's restaurant, for a MANAGER of the branch.
    Result<std::vector<Staff>> list(const Caller& caller);
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
    /// kNotFound "staff_not_found", also for somebody of another restaurant.
    Result<Staff> find_to_manage(const Caller& caller, const StaffId& id);
    Result<void> validate(const Caller& caller, const Staff& before, const ChangeStaff& request);
    Result<void> check_own_password(const Staff& staff, const OwnPassword& request);
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
        const Caller& caller,
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
