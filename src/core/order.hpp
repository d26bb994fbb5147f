#pragma once

#include "base/clock.hpp"
#include "core/ids.hpp"
#include "core/order_status.hpp"

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
};

/// The part of an order that one station makes.
struct Ticket {
    TicketId id;
    /// None: what no station makes.
    std::optional<StationId> station;
    TicketStatus status = TicketStatus::kPending;
    /// The lines on it.
    std::vector<OrderItemId> items;
};

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
    /// Grows by one with each change.
    std::int64_t version = 1;
    Timestamp created_at;
    Timestamp updated_at;
    std::optional<Timestamp> confirmed_at;
    std::vector<OrderItem> items;
};

/// Bounds of an order, ours: what a person could mean, with room.
struct OrderLimits {
    static constexpr int kQuantityMax = 999;
    static constexpr std::size_t kItemsMax = 100;
    static constexpr std::size_t kNoteCharactersMax = 500;
    static constexpr std::size_t kNameCharactersMax = 100;
};

/// `total` plus tax in basis points (825 is 8.25 %), rounded half up. Requires total >= 0 and rate
/// >= 0.
std::int64_t with_tax(std::int64_t total_minor, int tax_rate_bp);

/// "Terrace - T5".
std::string table_label(const std::string& area_name, const std::string& table_number);

/// One ticket per station that has a line in `items`, in order of first appearance.
std::vector<Ticket> split_by_station(const std::vector<OrderItem>& items, IdSource& ids);

}  // namespace orderpush
