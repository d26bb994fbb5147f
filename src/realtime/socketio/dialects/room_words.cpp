#include "realtime/socketio/dialects/room_words.hpp"

#include "core/error_codes.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

namespace orderpush::realtime {
namespace {

using enum RoomArgument;

constexpr std::array kWords{
    // Rooms.
    RoomWord{"join:kitchen", "leave:kitchen", kNone, RoomPlace::kKitchen, RoomKind::kRoomsKitchen},
    RoomWord{"join:waiters", "leave:waiters", kNone, RoomPlace::kWaiters, RoomKind::kRoomsWaiters},
    RoomWord{"join:table", "leave:table", kTable, RoomPlace::kTable, RoomKind::kRoomsTable},
    RoomWord{"join:order", "leave:order", kOrder, RoomPlace::kOrder, RoomKind::kRoomsOrder},
    // Restaurant. Its clients never leave; the words are by analogy.
    RoomWord{
        "join:restaurant", "leave:restaurant", kPlace, RoomPlace::kTeam, RoomKind::kRestaurant},
    RoomWord{
        "join:session", "leave:session", kSessionToken, RoomPlace::kSession, RoomKind::kRestaurant},
    // Subscribe.
    RoomWord{
        "subscribe:orders",
        "unsubscribe:orders",
        kNone,
        RoomPlace::kTeam,
        RoomKind::kSubscribeOrders,
        true},
    RoomWord{
        "subscribe:tables",
        "unsubscribe:tables",
        kNone,
        RoomPlace::kTables,
        RoomKind::kSubscribeTables,
        true},
    RoomWord{
        "subscribe:kds",
        "unsubscribe:kds",
        kNone,
        RoomPlace::kKitchen,
        RoomKind::kSubscribeOrders,
        true},
    RoomWord{
        "subscribe:table",
        "unsubscribe:table",
        kTable,
        RoomPlace::kTable,
        RoomKind::kSubscribeOrders,
        true},
};

constexpr RoomWord kMenuWord{"(menu)", "", kNone, RoomPlace::kMenu, RoomKind::kSubscribeMenu};

std::optional<BranchId> branch_of(const Caller& caller) {
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        return staff->branch;
    }
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        return guest->branch;
    }
    return std::nullopt;
}

bool is_waiter(const Caller& caller) {
    const auto* staff = std::get_if<StaffMember>(&caller);
    return staff != nullptr && staff->role == Role::kWaiter;
}

Channel channel_of_branch(RoomPlace place, const Caller& caller, BranchId branch) {
    switch (place) {
        case RoomPlace::kWaiters:
            return Channel::waiters(branch);
        case RoomPlace::kTables:
            return Channel::tables(branch);
        case RoomPlace::kMenu:
            return Channel::menu(branch);
        case RoomPlace::kTeam:
            return is_waiter(caller) ? Channel::waiters(branch) : Channel::kitchen(branch);
        case RoomPlace::kKitchen:
        case RoomPlace::kTable:
        case RoomPlace::kOrder:
        case RoomPlace::kSession:
            break;
    }
    return Channel::kitchen(branch);
}

const RoomWord* find(std::string_view RoomWord::*member, std::string_view event) noexcept {
    const auto* const found =
        std::ranges::find_if(kWords, [&](const RoomWord& word) { return word.*member == event; });
    return found == kWords.end() ? nullptr : found;
}

}  // namespace

Error invalid_id() {
    return {
        .kind = ErrorKind::kInvalid,
        .code = "invalid_id",
        .message = "This is not an id of the kind that belongs here."};
}

const RoomWord* find_join(std::string_view event) noexcept {
    return find(&RoomWord::join, event);
}

const RoomWord* find_leave(std::string_view event) noexcept {
    return find(&RoomWord::leave, event);
}

const RoomWord& menu_word() noexcept {
    return kMenuWord;
}

Result<Channel> channel_of(const RoomWord& word, const Caller& caller, std::string_view argument) {
    if (word.argument == kTable || word.argument == kOrder) {
        const auto id = parse_uuid(argument);
        if (!id) {
            return invalid_id();
        }
        return word.argument == kTable ? Channel::table(TableId{*id})
                                       : Channel::order(OrderId{*id});
    }
    if (word.argument == kSessionToken) {
        const auto* guest = std::get_if<Guest>(&caller);
        return guest == nullptr ? Result<Channel>{make_error("token_invalid")}
                                : Channel::session(guest->session);
    }
    auto branch = branch_of(caller);
    if (word.argument == kPlace && !argument.empty()) {
        const auto id = parse_uuid(argument);
        if (!id) {
            return invalid_id();
        }
        const bool is_restaurant = RestaurantId{*id} == restaurant_of(caller);
        branch = is_restaurant ? branch : std::optional{BranchId{*id}};
    }
    return branch ? Result<Channel>{channel_of_branch(word.place, caller, *branch)}
                  : Error{
                        .kind = ErrorKind::kForbidden,
                        .code = "forbidden",
                        .message = "Only people join rooms: ask with the token of one."};
}

}  // namespace orderpush::realtime
