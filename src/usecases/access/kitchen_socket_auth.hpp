#pragma once

#include "base/result.hpp"
#include "core/access/channel_authorizer.hpp"
#include "core/events/channel.hpp"
#include "usecases/access/authenticator.hpp"

#include <optional>
#include <string>

namespace orderpush::usecases {

/// What a display with a good token joins, and as whom.
struct AdmittedDisplay {
    Channel channel;
    PresenceMember member;
    /// What it ends with: ChannelJoiner::session.
    std::optional<SessionId> login;
};

/// Lets a display into the kitchen of the branch that its token names. `token` is a staff JWT:
/// kUnauthenticated for anything else, kForbidden for a role that does not join kitchens. Any
/// thread; never blocks.
Result<AdmittedDisplay> admit_display(const Authenticator& authenticator, const std::string& token);

}  // namespace orderpush::usecases
