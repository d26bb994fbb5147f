#pragma once

#include "core/access/caller.hpp"
#include "core/access/channel_authorizer.hpp"

#include <string>
#include <vector>

namespace orderpush::usecases {

/// "guest-{id}": of this device in this session alone, whatever it calls itself, so that a device
/// on another table cannot take it and hear what is meant for this one.
std::string guest_user_id(const Guest& guest);

/// As whom a caller joins channels: staff by name, role and station, guests by the name they gave,
/// bound to their table session. An API client is nobody there.
ChannelJoiner joiner_of(const Caller& caller);

/// The channels that a caller would usually join; none for an API client.
std::vector<Channel> usual_channels(const Caller& caller);

/// Whether the channel goes on to others when the caller's session has ended: a table's does, for
/// guests.
bool outlives_session(const Caller& caller, const Channel& channel);

}  // namespace orderpush::usecases
