#pragma once

#include "app/idempotency.hpp"
#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/jwt.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"
#include "core/menu_store.hpp"
#include "core/staff_store.hpp"

#include <chrono>
#include <optional>
#include <semaphore>
#include <string>

namespace orderpush::app {

struct Login {
    std::string token;
    Timestamp expires_at;
    StaffMember staff;
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
        PasswordCost cost = PasswordCost::kInteractive
    );

    /// kUnauthenticated "login_failed" for an unknown address and a wrong password alike, after the
    /// same work. At most two passwords are hashed at a time, so that log-ins cannot take the
    /// threads and the memory that orders need: kRateLimited "login_busy" for one that would have
    /// to wait longer than two seconds.
    Result<Login> log_in(const std::string& email, const std::string& password);
    /// Answers with the document of the new member of staff. kInvalid names each wrong field;
    /// kConflict "email_taken"; kRateLimited "login_busy" as above.
    Result<CreatedAnswer> create(
        const Caller& caller,
        const CreateStaff& request,
        const std::optional<Idempotency>& idempotency
    );

  private:
    Result<std::string> create_once(
        const RestaurantId& restaurant,
        const CreateStaff& request,
        const std::optional<IdempotencyKey>& key
    );

    static constexpr int kHashingsMax = 2;

    const StaffServiceDependencies deps_;
    const std::chrono::seconds token_lifetime_;
    const PasswordCost cost_;
    /// Verified against for unknown addresses, so that they take as long as known ones.
    const std::string decoy_hash_;
    std::counting_semaphore<> hashings_{kHashingsMax};
};

}  // namespace orderpush::app
