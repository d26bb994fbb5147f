#pragma once

#include "base/crypto/jwt.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/access/caller.hpp"
#include "core/access/staff_store.hpp"
#include "core/tables/session_store.hpp"
#include "usecases/access/ended_logins.hpp"

#include <string>
#include <string_view>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

/// What a token of each kind begins with, so that a leaked one is recognised and a wrong one costs
/// no look-up.
inline constexpr std::string_view kSessionTokenPrefix = "opst_";
inline constexpr std::string_view kApiKeyPrefix = "opak_";

/// Turns a credential into the caller it proves. Any thread; blocks on the stores for session
/// tokens and API keys.
class Authenticator {
  public:
    Authenticator(
        SessionStore& sessions,
        StaffStore& staff,
        const EndedLogins& ended_logins,
        const JwtKeyring& keyring,
        const Clock& clock
    );

    /// `credential` is a session token, an API key or a staff JWT. kUnauthenticated if it proves
    /// nothing.
    Result<Caller> authenticate(const std::string& credential);
    /// The same, but that a guest's token stays good for a day after the session was closed: for
    /// what people want to see after they paid.
    Result<Caller> authenticate_departed_too(const std::string& credential);
    /// As authenticate(), and for who has to choose a password as well.
    Result<Caller> authenticate_for_password(const std::string& credential);
    /// A staff JWT only; kUnauthenticated "login_ended" for a log-in that was ended; kForbidden
    /// "password_change_required" for one that is good for nothing but that. Never blocks.
    Result<StaffMember> authenticate_staff(const std::string& token) const;

  private:
    Result<StaffMember> read_staff(const std::string& token) const;

    SessionStore& sessions_;
    StaffStore& staff_;
    const EndedLogins& ended_logins_;
    const JwtKeyring& keyring_;
    const Clock& clock_;
};

/// The staff JWT's claims, in both directions: `sub`, `restaurantId`, `branchId`, `role`, `name`,
/// `stationId`, `auth_time` (of the log-in: OpenID Connect Core 1.0, section 2), `ver` (the
/// person's token_version; 0 if it is not there), `mustChangePassword`, `exp`.
std::string staff_claims(const StaffMember& staff, Timestamp expires_at);

}  // namespace orderpush::usecases
