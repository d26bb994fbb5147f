#pragma once

#include "realtime/hub/hub.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::pusher_api {

/// What the Pusher HTTP API answers. Pure functions.

/// What a caller wants to know of a channel.
struct Attributes {
    bool user_count = false;
    bool subscription_count = false;
    bool cache = false;

    bool any() const noexcept { return user_count || subscription_count || cache; }
};

/// From "user_count,subscription_count"; words that are none of these are left out.
Attributes parse_attributes(std::string_view list);

/// What an attribute is worth for one channel, as its Pusher name.
struct NamedState {
    std::string name;
    ChannelState state;
};
/// {"channels":{name:{…}}}; attributes that do not apply are left out.
std::string channels_document(const std::vector<NamedState>& channels, const Attributes& info);
/// {"batch":[{…}]}; nothing for an item that asked for nothing.
struct BatchItem {
    NamedState channel;
    Attributes info;
};
std::string batch_document(const std::vector<BatchItem>& items);
/// {"occupied":…}; what is asked for must apply. A cached event is shown with the seconds it is
/// kept for.
std::string channel_document(const NamedState& channel, const Attributes& info);
/// {"users":[{"id":…}]}.
std::string users_document(const std::vector<Presence::Membership>& memberships);

}  // namespace orderpush::realtime::pusher_api
