#pragma once

#include <optional>
#include <string_view>

namespace orderpush {

enum class OrderStatus {
    kPending,
    kConfirmed,
    kPreparing,
    kReady,
    kServed,
    kCompleted,
    kCancelled
};
enum class ItemStatus { kPending, kPreparing, kReady, kServed, kCancelled };
enum class TicketStatus { kPending, kAcknowledged, kPreparing, kReady, kCompleted, kCancelled };

/// The word in documents and in the database: "pending", …
std::string_view to_word(OrderStatus status) noexcept;
std::string_view to_word(ItemStatus status) noexcept;
std::string_view to_word(TicketStatus status) noexcept;

/// The words above in any case, and those of older clients: SENT and NEW (pending), COOKING
/// (preparing), DONE (completed).
std::optional<OrderStatus> parse_order_status(std::string_view word);
std::optional<ItemStatus> parse_item_status(std::string_view word);
std::optional<TicketStatus> parse_ticket_status(std::string_view word);

/// Whether an order may go from one status to another: forward (jumps included), to cancelled from
/// any state before served, and back by recall (ready to preparing, completed to ready).
bool may_move(OrderStatus from, OrderStatus to) noexcept;

}  // namespace orderpush
