#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/events/channel.hpp"
#include "realtime/socketio/dialects/room_codec.hpp"

#include <cstdint>
#include <string_view>

/// The words with which the clients of earlier systems join and leave rooms, and what a room is
/// here.
namespace orderpush::realtime {

/// What stands behind a word.
enum class RoomArgument : std::uint8_t {
    kNone,
    kTable,         ///< a table's id
    kOrder,         ///< an order's id
    kPlace,         ///< the caller's branch or restaurant; without a caller a staff token
    kSessionToken,  ///< the token of a table session, which proves itself
};

/// Which of the caller's channels a room is.
enum class RoomPlace : std::uint8_t {
    kKitchen,
    kWaiters,
    kTeam,  ///< the kitchen; of a waiter the waiters
    kTables,
    kTable,
    kOrder,
    kSession,
    kMenu,
};

struct RoomWord {
    std::string_view join;
    std::string_view leave;
    RoomArgument argument;
    RoomPlace place;
    RoomKind kind;
    /// Whether who joins hears of the menu too.
    bool brings_menu = false;

    /// Whether what stands behind the word proves who joins.
    bool proves_caller() const noexcept { return argument == RoomArgument::kSessionToken; }
};

/// Null for a word that joins, or leaves, nothing.
const RoomWord* find_join(std::string_view event) noexcept;
const RoomWord* find_leave(std::string_view event) noexcept;

/// What `subscribe:*` brings beside its own room.
const RoomWord& menu_word() noexcept;

/// The channel of a room of that caller. kInvalid "invalid_id" for what is no id; "forbidden" for
/// a caller without such a place. Whether the caller may join it is not asked here.
Result<Channel> channel_of(const RoomWord& word, const Caller& caller, std::string_view argument);

/// What stands behind a word is no id of its kind.
Error invalid_id();

}  // namespace orderpush::realtime
