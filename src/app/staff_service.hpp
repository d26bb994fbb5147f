#pragma once

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/jwt.hpp"
#include "base/result.hpp"
#include "core/staff_store.hpp"

#include <chrono>
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
    /// same work.
    Result<Login> log_in(const std::string& email, const std::string& password);

  private:
    StaffStore& staff_;
    const JwtKeyring& keyring_;
    const Clock& clock_;
    const std::chrono::seconds token_lifetime_;
    /// Verified against for unknown addresses, so that they take as long as known ones.
    const std::string decoy_hash_;
};

}  // namespace orderpush::app
