#pragma once

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/jwt.hpp"
#include "base/result.hpp"
#include "core/staff_store.hpp"

#include <chrono>
#include <semaphore>
#include <string>

namespace orderpush::app {

struct Login {
    std::string token;
    Timestamp expires_at;
    StaffMember staff;
};

/// Logs staff in. Any thread; blocks on the store and for the time a password hash takes.
class StaffService {
  public:
    /// `token_lifetime` is how long a log-in lasts.
    StaffService(
        StaffStore& staff,
        const JwtKeyring& keyring,
        const Clock& clock,
        std::chrono::seconds token_lifetime,
        PasswordCost cost = PasswordCost::kInteractive
    );

    /// kUnauthenticated "login_failed" for an unknown address and a wrong password alike, after the
    /// same work. At most two passwords are verified at a time, so that log-ins cannot take the
    /// threads and the memory that orders need: kRateLimited "login_busy" for one that would have
    /// to wait longer than two seconds.
    Result<Login> log_in(const std::string& email, const std::string& password);

  private:
    static constexpr int kVerificationsMax = 2;

    StaffStore& staff_;
    const JwtKeyring& keyring_;
    const Clock& clock_;
    const std::chrono::seconds token_lifetime_;
    /// Verified against for unknown addresses, so that they take as long as known ones.
    const std::string decoy_hash_;
    std::counting_semaphore<> verifications_{kVerificationsMax};
};

}  // namespace orderpush::app
