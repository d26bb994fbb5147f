#pragma once

#include "core/kitchen/kitchen_store.hpp"
#include "storage/database/sql_text.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

/// Of a ticket `t`, as is_open() of core/order_status.hpp has it.
inline constexpr SqlText kTicketIsOpen{
    "t.status in ('pending', 'acknowledged', 'preparing', 'ready')"};

/// How far the open tickets `t` are; the columns of stats_of().
inline constexpr SqlText kOpenCounts{R"sql(
    count(*) filter (where t.status in ('pending', 'acknowledged')) as pending,
    count(*) filter (where t.status = 'preparing') as preparing,
    count(*) filter (where t.status = 'ready') as ready
)sql"};

/// From kOpenCounts.
inline KitchenStats stats_of(const pqxx::row& row) {
    return {
        .pending = row["pending"].as<int>(),
        .preparing = row["preparing"].as<int>(),
        .ready = row["ready"].as<int>()};
}

}  // namespace orderpush::storage
