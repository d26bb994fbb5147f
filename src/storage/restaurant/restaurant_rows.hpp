#pragma once

#include "core/restaurant/restaurant.hpp"
#include "storage/database/sql_text.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

/// The columns of a table `t` in its area `a`, branch `b` and restaurant `r`, as table_of() reads
/// them.
inline constexpr SqlText kTableColumns{R"sql(
    t.id as table_id, t.number as table_number, t.state as table_state, a.id as area_id,
    a.name as area_name, b.id as branch_id, b.restaurant_id, b.name as branch_name, r.currency,
    b.tax_rate_bp, b.close_sessions
)sql"};

inline constexpr SqlText kTableJoins{R"sql(
join areas a on a.id = t.area_id
join branches b on b.id = t.branch_id
join restaurants r on r.id = b.restaurant_id
)sql"};

/// From branch_id, restaurant_id, branch_name, currency, tax_rate_bp, close_sessions.
Branch branch_of(const pqxx::row& row);
/// From kTableColumns.
Table table_of(const pqxx::row& row);
/// From id, opened_at, closed_at and kTableColumns.
TableSession session_of(const pqxx::row& row);

}  // namespace orderpush::storage
