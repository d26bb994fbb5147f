#pragma once

#include "realtime/ably/access/ably_access.hpp"
#include "realtime/ably/access/ably_keys.hpp"
#include "realtime/ably/access/credentials.hpp"
#include "realtime/ably/access/revocations.hpp"
#include "realtime/ably/messages/error_info.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace orderpush {
class Clock;
}

namespace orderpush::realtime::ably {

/// How long a token may live.
inline constexpr std::chrono::hours kTokenLifetimeMax{24};
/// By which the clock of who signed a token may be ahead of ours.
inline constexpr std::chrono::minutes kClockSkewMax{2};

/// Finds what a credential is good for. Any thread; never blocks.
///
/// Refusals, by what the SDKs do of them. They fetch another token and try again: 40141 revoked,
/// 40142 expired, 40143 no JWT, 40144 a signature, `iat` or `exp` that is missing or wrong. They
/// give up: 40003, 40012, 40101, 40102, 40104, 40160, 40300, 40400. What a signer means to say and
/// may not is of the second kind, or clients would fetch the same again for ever.
class AblyAuthenticator {
  public:
    /// All outlive it.
    AblyAuthenticator(const AblyKeys& keys, const Revocations& revocations, const Clock& clock)
        : keys_(keys), revocations_(revocations), clock_(clock) {}

    /// 40106 if nothing is shown.
    Checked<AblyAccess> authenticate(const Credentials& credentials) const;
    /// Whether it still holds: 40142, 40141, or the application's end (40400, 40300).
    std::optional<ErrorInfo> recheck(const AblyAccess& access) const;
    /// Whether `after`, a token shown on the same connection, may take the place of `before`: of
    /// the same application and client, 40102 otherwise.
    static std::optional<ErrorInfo> check_replacement(
        const AblyAccess& before, const AblyAccess& after
    );

  private:
    Checked<AblyAccess> of_key(const std::string& text) const;
    Checked<AblyAccess> of_token(const std::string& token, bool is_inner) const;

    const AblyKeys& keys_;
    const Revocations& revocations_;
    const Clock& clock_;
};

}  // namespace orderpush::realtime::ably
