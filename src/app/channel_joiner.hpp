#pragma once

#include "core/caller.hpp"
#include "core/channel_authorizer.hpp"

namespace orderpush::app {

/// As whom a caller joins channels: staff by name, role and station, guests by the name they gave,
/// bound to their table session. An API client is nobody there.
ChannelJoiner joiner_of(const Caller& caller);

}  // namespace orderpush::app
