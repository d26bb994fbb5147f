#pragma once

#include "bench/orders/poller.hpp"
#include "protocol/pusher_signature.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::bench {

/// What a measured message says of itself: who published it, as that publisher's how many-th (from
/// 0), and when.
struct HubMessage {
    std::uint32_t publisher = 0;
    std::uint64_t number = 0;
    Moment sent_at = {};
};

/// Bytes of a measured message's data.
inline constexpr std::size_t kHubPayloadBytes = 200;

/// As data of kHubPayloadBytes that needs no escaping in JSON.
std::string hub_payload(const HubMessage& message);
/// From the bytes of a frame that carries it; nothing if they do not.
std::optional<HubMessage> hub_message_in(std::string_view frame);
/// Counts the message; `heard` has, per publisher, the number that is due. Throws
/// std::runtime_error for another one: a message was lost, came twice or overtook.
void count_in_order(std::vector<std::uint64_t>& heard, const HubMessage& message);

/// "bench-{number}".
std::string hub_channel(std::size_t number);

/// A whole signed request of the Pusher HTTP API that publishes `data`; good for ten minutes.
std::string publish_request(
    const protocol::PusherApp& app, std::string_view channel, std::string_view data
);

}  // namespace orderpush::bench
