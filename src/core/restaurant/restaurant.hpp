#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {

/// The site that everything else hangs from.
struct Branch {
    BranchId id;
    RestaurantId restaurant;
    std::string name;
    /// ISO 4217, of the restaurant.
    std::string currency;
    /// In basis points: 825 is 8.25 %.
    int tax_rate_bp = 0;
};

/// Where a part of an order is made: grill, bar, …
struct Station {
    StationId id;
    BranchId branch;
    std::string name;

    bool operator==(const Station&) const = default;
};

struct MenuItem {
    MenuItemId id;
    BranchId branch;
    std::optional<StationId> station;
    std::string name;
    std::int64_t price_minor = 0;
    bool is_available = true;
    /// The heading it stands under, as guests read it.
    std::optional<std::string> category = {};
    /// Smaller ones stand first; headings stand where their first item does.
    int position = 0;

    friend bool operator==(const MenuItem&, const MenuItem&) = default;
};

/// Whether guests can sit down. Follows from sessions: see SessionStore.
enum class TableState { kFree, kOccupied, kNeedsCleaning };

/// "free", "occupied", "needs-cleaning".
std::string_view to_string(TableState state) noexcept;
std::optional<TableState> parse_table_state(std::string_view word);

/// A table with the names a person knows it by.
struct Table {
    TableId id;
    Branch branch;
    AreaId area;
    std::string area_name;
    std::string number;
    TableState state = TableState::kFree;
};

/// The time guests sit at a table.
struct TableSession {
    SessionId id;
    Table table;
    bool is_open = true;
    Timestamp opened_at;
    std::optional<Timestamp> closed_at;
};

enum class Role { kKitchen, kWaiter, kManager, kAdmin };

/// "KITCHEN", "WAITER", "MANAGER", "ADMIN".
std::string_view to_string(Role role) noexcept;
std::optional<Role> parse_role(std::string_view word);

struct Staff {
    StaffId id;
    RestaurantId restaurant;
    BranchId branch;
    std::string name;
    std::string email;
    Role role = Role::kKitchen;
    /// Argon2id, encoded.
    std::string password_hash;
    std::optional<StationId> station;
};

}  // namespace orderpush
