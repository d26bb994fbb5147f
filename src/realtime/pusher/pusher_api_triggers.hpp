#pragma once

#include "base/result.hpp"
#include "realtime/pusher/pusher_api_messages.hpp"
#include "realtime/wire/socket_id.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::pusher_api {

/// The bodies of the Pusher HTTP API that publish. Pure functions, any thread.

/// Limits of the hosted service.
inline constexpr std::size_t kChannelsMax = 100;
inline constexpr std::size_t kBatchMax = 10;

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
/// bytes, with texts for the caller. Of a field that is there twice the last one counts.
Result<Trigger> decode_trigger(std::string_view body, std::size_t data_bytes_max);
/// The body of POST …/batch_events: one channel each. As decode_trigger().
Result<std::vector<Trigger>> decode_batch(std::string_view body, std::size_t data_bytes_max);

}  // namespace orderpush::realtime::pusher_api
