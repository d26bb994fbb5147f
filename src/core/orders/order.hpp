#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"
#include "core/orders/order_status.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {

/// One line of an order; name and price are those of the moment it was ordered.
struct OrderItem {
    OrderItemId id;
    MenuItemId menu_item;
    std::optional<StationId> station;
    std::string name;
    int quantity = 0;
    /// In the minor unit of the order's currency.
    std::int64_t unit_price_minor = 0;
    std::optional<std::string> note;
    ItemStatus status = ItemStatus::kPending;

    bool operator==(const OrderItem&) const = default;
};

/// Who took a ticket, by the name of that moment.
struct Chef {
    StaffId id;
    std::string name;

    bool operator==(const Chef&) const = default;
};

/// Who brought a ticket back last.
struct Recall {
    /// Names a caller, for comparing only.
    std::string by;
    Timestamp at;

    bool operator==(const Recall&) const = default;
};

/// The part of an order that one station makes.
struct Ticket {
    TicketId id;
    /// None: what no station makes.
    std::optional<StationId> station;
    /// Of the station, for people; read with the ticket, never written.
    std::optional<std::string> station_name;
    TicketStatus status = TicketStatus::kPending;
    Priority priority = Priority::kNormal;
    /// Held back: not to be started before it is fired.
    bool is_held = false;
    std::optional<Chef> chef;
    /// Grows by one with each change.
    std::int64_t version = 1;
    Timestamp created_at;
    std::optional<Timestamp> acknowledged_at;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> ready_at;
    std::optional<Timestamp> completed_at;
    std::optional<Recall> last_recall = {};
    /// The lines on it.
    std::vector<OrderItemId> items;

    bool operator==(const Ticket&) const = default;
};

/// An open question to the kitchen.
struct CancelRequest {
    std::string reason;
    /// None: a guest asked, or an API client.
    std::optional<StaffId> staff;
    Timestamp requested_at;

    bool operator==(const CancelRequest&) const = default;
};

/// An order with its lines, tickets and open cancel request: one whole, guarded by one version.
struct Order {
    OrderId id;
    RestaurantId restaurant;
    BranchId branch;
    TableId table;
    SessionId session;
    /// Human number, per branch and day, from 1.
    int number = 0;
    std::string table_number;
    std::string area_name;
    std::optional<std::string> customer_name;
    OrderStatus status = OrderStatus::kPending;
    std::optional<std::string> note;
    /// ISO 4217.
    std::string currency;
    /// Before tax, in minor units.
    std::int64_t total_minor = 0;
    /// After tax, in minor units.
    std::int64_t final_minor = 0;
    /// The branch's rate when the order was placed, in basis points: 825 is 8.25 %.
    int tax_rate_bp = 0;
    /// Grows by one with each change.
    std::int64_t version = 1;
    Timestamp created_at;
    Timestamp updated_at;
    std::optional<Timestamp> confirmed_at;
    std::optional<CancelRequest> cancel_request = {};
    std::vector<OrderItem> items;
    std::vector<Ticket> tickets = {};

    bool operator==(const Order&) const = default;
};

/// A ticket with what a display shows beside it.
struct TicketView {
    Ticket ticket;
    OrderId order;
    int order_number = 0;
    RestaurantId restaurant;
    BranchId branch;
    TableId table;
    SessionId session;
    std::string table_number;
    std::string area_name;
    std::optional<std::string> customer_name;
    std::optional<std::string> order_note;
    OrderStatus order_status = OrderStatus::kPending;
    std::optional<CancelRequest> cancel_request;
    /// Those on the ticket, in the order of the order's lines.
    std::vector<OrderItem> items;
};

/// Requires that `ticket` is one of `order`'s.
TicketView view_of(const Order& order, const Ticket& ticket);

/// Bounds of an order, ours: what a person could mean, with room.
struct OrderLimits {
    static constexpr int kQuantityMax = 999;
    /// Per request.
    static constexpr std::size_t kItemsMax = 100;
    /// Per order, with what was added later.
    static constexpr std::size_t kOrderItemsMax = 300;
    static constexpr std::size_t kNoteCharactersMax = 500;
    static constexpr std::size_t kNameCharactersMax = 100;
};

/// `total` plus tax in basis points (825 is 8.25 %), rounded half up. Requires total >= 0 and rate
/// >= 0.
std::int64_t with_tax(std::int64_t total_minor, int tax_rate_bp);

/// "Terrace - T5".
std::string table_label(const std::string& area_name, const std::string& table_number);

/// One ticket per station that has a line in `items`, in order of first appearance.
std::vector<Ticket> split_by_station(
    const std::vector<OrderItem>& items, Timestamp at, IdSource& ids
);

}  // namespace orderpush
