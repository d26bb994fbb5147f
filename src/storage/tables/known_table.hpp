#pragma once

#include "storage/restaurant/restaurant_rows.hpp"
#include "storage/statement.hpp"

namespace orderpush::storage {

/// kTableColumns and what else staff see of a table.
inline constexpr auto kKnownTableColumns = kTableColumns + R"sql(,
    t.qr_token, (select s.id from table_sessions s
        where s.table_id = t.id and s.closed_at is null) as session_id
)sql";

/// $1 table.
inline constexpr Statement kFindTable =
    joined_statement("find_table", Statement::Access::kRead, [] {
        return "select " + kKnownTableColumns + " from tables t " + kTableJoins +
               " where t.id = $1";
    });

}  // namespace orderpush::storage
