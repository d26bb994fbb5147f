#pragma once

#include "realtime/hub/channel_codec.hpp"

#include <cstdint>

namespace orderpush::realtime {

/// What a client's room makes of a channel's events. One channel may be listened to as several.
enum class RoomKind : std::uint8_t {
    // Waiters', kitchens' and table apps that emit join:kitchen, join:waiters, …
    kRoomsKitchen,
    kRoomsWaiters,
    kRoomsTable,
    kRoomsOrder,
    // The Next.js app that emits join:restaurant and join:session.
    kRestaurant,
    // The desktop, the tablet and the kitchen that emit subscribe:orders, subscribe:tables, …
    kSubscribeOrders,
    kSubscribeTables,
    kSubscribeMenu,
};

/// Writes a channel's events as rooms of that kind get them: for each a fixed list of Socket.IO
/// events, every one with its offset (EventOffset) as the last argument. Members are not told of.
/// `message.data` is an event's envelope; of anything else nothing is written. Lives as long as the
/// process; any thread.
const ChannelCodec& room_codec(RoomKind kind);

}  // namespace orderpush::realtime
