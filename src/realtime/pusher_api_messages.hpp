#pragma once

#include "base/result.hpp"
#include "realtime/hub.hpp"
#include "realtime/socket_id.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::pusher_api {

/// The texts of the Pusher HTTP API, in both directions. Pure functions.

/// Limits of the hosted service.
inline constexpr std::size_t kChannelsMax = 100;
inline constexpr std::size_t kBatchMax = 10;

/// What a caller wants to know of a channel.
struct Attributes {
    bool user_count = false;
    bool subscription_count = false;
    bool cache = false;

    bool any() const noexcept { return user_count || subscription_count || cache; }
};

/// From "user_count,subscription_count"; words that are none of these are left out.
Attributes parse_attributes(std::string_view list);

/// One event for some channels.
struct Trigger {
    std::string event;
    std::string data;
    /// As Pusher clients spell them, each once, valid: names, or users' channels.
    std::vector<std::string> channels;
    std::optional<SocketId> excluded = {};
    Attributes info = {};
};

/// The body of POST …/events. kInvalid, or kTooLarge if the data has more than `data_bytes_max`
/// bytes, with texts for the caller.
Result<Trigger> decode_trigger(std::string_view body, std::size_t data_bytes_max);
/// The body of POST …/batch_events: one channel each. As decode_trigger().
Result<std::vector<Trigger>> decode_batch(std::string_view body, std::size_t data_bytes_max);

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
std::string users_document(const std::vector<Presence::Seat>& seats);

}  // namespace orderpush::realtime::pusher_api
