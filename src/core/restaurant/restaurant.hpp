#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// When the table sessions of a branch close by themselves.
enum class CloseSessions {
    kServed,   ///< some time after the bill was settled and all of it was served
    kSettled,  ///< with the payment that settles the bill
    kManual,   ///< never: staff close them
};

/// "served", "settled", "manual".
std::string_view to_string(CloseSessions rule) noexcept;
std::optional<CloseSessions> parse_close_sessions(std::string_view word);

/// The site that everything else hangs from.
struct Branch {
    BranchId id;
    RestaurantId restaurant;
    std::string name;
    /// ISO 4217, of the restaurant.
    std::string currency;
    /// In basis points: 825 is 8.25 %.
    int tax_rate_bp = 0;
    CloseSessions close_sessions = CloseSessions::kServed;
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

/// Why a table session was closed.
enum class SessionEnd {
    kSettled,  ///< by itself, as its branch has it: CloseSessions
    kStaff,
};

/// "settled", "staff".
std::string_view to_string(SessionEnd reason) noexcept;

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
    /// Those who are not active cannot log in.
    bool is_active = true;
    /// Raised whenever the person's log-ins are ended: tokens of an earlier version prove nothing.
    int token_version = 0;
    /// Somebody else gave the password: it is good for choosing another one.
    bool must_change_password = false;
};

}  // namespace orderpush
