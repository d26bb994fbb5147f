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
enum class Priority { kNormal, kExpress, kVip };

/// The word in documents and in the database: "pending", …
std::string_view to_string(OrderStatus status) noexcept;
std::string_view to_string(ItemStatus status) noexcept;
std::string_view to_string(TicketStatus status) noexcept;
/// "normal", "express", "vip".
std::string_view to_string(Priority priority) noexcept;

/// The words above in any case, and those of older clients: SENT and NEW (pending), COOKING
/// (preparing), DONE (completed).
std::optional<OrderStatus> parse_order_status(std::string_view word);
std::optional<ItemStatus> parse_item_status(std::string_view word);
std::optional<TicketStatus> parse_ticket_status(std::string_view word);
/// In any case.
std::optional<Priority> parse_priority(std::string_view word);

/// Whether an order may go from one status to another: forward (jumps included), to cancelled from
/// any state before served, and back by recall (ready to preparing, completed to ready).
bool may_move(OrderStatus from, OrderStatus to) noexcept;
/// Forward, jumps included; to cancelled from any status before served; back from ready to
/// preparing.
bool may_move(ItemStatus from, ItemStatus to) noexcept;
/// Forward, jumps included; to cancelled from any status before completed; back by recall (ready to
/// preparing, completed to ready).
bool may_move(TicketStatus from, TicketStatus to) noexcept;
/// Whether this move of an order or a ticket brings back what had left: a recall.
bool is_recall(OrderStatus from, OrderStatus to) noexcept;
bool is_recall(TicketStatus from, TicketStatus to) noexcept;
/// Whether the kitchen still has it: neither completed nor cancelled.
bool is_open(TicketStatus status) noexcept;

/// How older clients call it: pending, confirmed and preparing are SENT, ready is READY, served and
/// completed are COMPLETED, cancelled is CANCELLED.
std::string_view to_older_word(OrderStatus status) noexcept;

}  // namespace orderpush
