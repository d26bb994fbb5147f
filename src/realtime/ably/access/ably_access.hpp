#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"
#include "realtime/ably/access/capability.hpp"
#include "realtime/ably/access/client_identity.hpp"
#include "realtime/pusher/app_table.hpp"

#include <optional>
#include <string>

namespace orderpush::realtime::ably {

/// What a credential that was found good allows its bearer.
struct AblyAccess {
    /// As it was then: ask the table whether it still is.
    AppPtr app;
    /// "appId.keyId", of the key itself or the one that signed the token.
    std::string key_name;
    /// Whether the key itself was shown, not a token.
    bool is_key = false;
    ClientIdentity client = {};
    Capability capability = {};
    /// Of tokens; nothing for a key.
    std::optional<Timestamp> issued_at = {};
    std::optional<Timestamp> expires_at = {};
    /// The table session of a guest whom the service gave the token: everything it is good for ends
    /// with that (Subscription::session).
    std::optional<SessionId> session = {};
    /// By which tokens of a kind can be revoked; empty: none.
    std::string revocation_key = {};
};

}  // namespace orderpush::realtime::ably
