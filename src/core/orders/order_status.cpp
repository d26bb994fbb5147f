#include "core/orders/order_status.hpp"

#include "base/text.hpp"
#include "core/enum_names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace orderpush {
namespace {

constexpr std::array<std::string_view, 7> kOrderNames{
    "pending", "confirmed", "preparing", "ready", "served", "completed", "cancelled"};
constexpr std::array<std::string_view, 5> kItemNames{
    "pending", "preparing", "ready", "served", "cancelled"};
constexpr std::array<std::string_view, 6> kTicketNames{
    "pending", "acknowledged", "preparing", "ready", "completed", "cancelled"};

constexpr std::array<std::string_view, 3> kPriorityNames{"normal", "express", "vip"};

struct OlderWord {
    std::string_view older;
    std::string_view word;
};
constexpr std::array kOlderNames{
    OlderWord{"sent", "pending"},
    OlderWord{"new", "pending"},
    OlderWord{"cooking", "preparing"},
    OlderWord{"done", "completed"},
};

/// Row: from. Column: to. Both in the order of OrderStatus.
constexpr bool kYes = true;
constexpr bool kNo = false;
constexpr std::array<std::array<bool, 7>, 7> kOrderMoves{{
    //  pending confirmed preparing ready served completed cancelled
    {kNo, kYes, kYes, kYes, kYes, kYes, kYes},  // pending
    {kNo, kNo, kYes, kYes, kYes, kYes, kYes},   // confirmed
    {kNo, kNo, kNo, kYes, kYes, kYes, kYes},    // preparing
    {kNo, kNo, kYes, kNo, kYes, kYes, kYes},    // ready
    {kNo, kNo, kNo, kNo, kNo, kYes, kNo},       // served
    {kNo, kNo, kNo, kYes, kNo, kNo, kNo},       // completed
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo},        // cancelled
}};

constexpr std::array<std::array<bool, 5>, 5> kItemMoves{{
    //  pending preparing ready served cancelled
    {kNo, kYes, kYes, kYes, kYes},  // pending
    {kNo, kNo, kYes, kYes, kYes},   // preparing
    {kNo, kYes, kNo, kYes, kYes},   // ready
    {kNo, kNo, kNo, kNo, kNo},      // served
    {kNo, kNo, kNo, kNo, kNo},      // cancelled
}};
constexpr std::array<std::array<bool, 6>, 6> kTicketMoves{{
    //  pending acknowledged preparing ready completed cancelled
    {kNo, kYes, kYes, kYes, kYes, kYes},  // pending
    {kNo, kNo, kYes, kYes, kYes, kYes},   // acknowledged
    {kNo, kNo, kNo, kYes, kYes, kYes},    // preparing
    {kNo, kNo, kYes, kNo, kYes, kYes},    // ready
    {kNo, kNo, kNo, kYes, kNo, kNo},      // completed
    {kNo, kNo, kNo, kNo, kNo, kNo},       // cancelled
}};

template <class Status, std::size_t N>
std::optional<Status> parse(std::string_view text, const std::array<std::string_view, N>& words) {
    std::string word = in_lower_case(text);
    for (const OlderWord& entry : kOlderNames) {
        if (entry.older == word) {
            word = entry.word;
        }
    }
    return value_of<Status>(words, word);
}

}  // namespace

std::string_view to_string(OrderStatus status) noexcept {
    return kOrderNames[static_cast<std::size_t>(status)];
}
std::string_view to_string(ItemStatus status) noexcept {
    return kItemNames[static_cast<std::size_t>(status)];
}
std::string_view to_string(TicketStatus status) noexcept {
    return kTicketNames[static_cast<std::size_t>(status)];
}

std::string_view to_string(Priority priority) noexcept {
    return kPriorityNames[static_cast<std::size_t>(priority)];
}

std::optional<OrderStatus> parse_order_status(std::string_view word) {
    return parse<OrderStatus>(word, kOrderNames);
}
std::optional<ItemStatus> parse_item_status(std::string_view word) {
    return parse<ItemStatus>(word, kItemNames);
}
std::optional<TicketStatus> parse_ticket_status(std::string_view word) {
    return parse<TicketStatus>(word, kTicketNames);
}

std::optional<Priority> parse_priority(std::string_view word) {
    return parse<Priority>(word, kPriorityNames);
}

bool may_move(OrderStatus from, OrderStatus to) noexcept {
    return kOrderMoves[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}
bool may_move(ItemStatus from, ItemStatus to) noexcept {
    return kItemMoves[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}
bool may_move(TicketStatus from, TicketStatus to) noexcept {
    return kTicketMoves[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}

// The names stand in the order of progress.
bool is_recall(OrderStatus from, OrderStatus to) noexcept {
    return may_move(from, to) && to < from;
}
bool is_recall(TicketStatus from, TicketStatus to) noexcept {
    return may_move(from, to) && to < from;
}

bool is_open(TicketStatus status) noexcept {
    return status != TicketStatus::kCompleted && status != TicketStatus::kCancelled;
}

std::string_view to_older_word(OrderStatus status) noexcept {
    switch (status) {
        case OrderStatus::kPending:
        case OrderStatus::kConfirmed:
        case OrderStatus::kPreparing:
            return "SENT";
        case OrderStatus::kReady:
            return "READY";
        case OrderStatus::kServed:
        case OrderStatus::kCompleted:
            return "COMPLETED";
        case OrderStatus::kCancelled:
            break;
    }
    return "CANCELLED";
}

}  // namespace orderpush
