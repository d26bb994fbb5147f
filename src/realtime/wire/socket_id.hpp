#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// Names one connection: two random 32-bit numbers, shown as "4711.90125" (the form that the Pusher
/// SDKs check for). 64 random bits make it unguessable enough and unique across instances.
struct SocketId {
    std::uint32_t first = 0;
    std::uint32_t second = 0;

    auto operator<=>(const SocketId&) const = default;
    static SocketId random();
};

std::string to_string(const SocketId& id);
/// The inverse of to_string; nothing for any other form or a number above 32 bits.
std::optional<SocketId> parse_socket_id(std::string_view text);

}  // namespace orderpush::realtime
