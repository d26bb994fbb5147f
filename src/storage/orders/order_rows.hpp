#pragma once

#include "core/orders/order.hpp"
#include "storage/database/sql_text.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

/// The columns of an order `o`.
inline constexpr SqlText kOrderColumns{R"sql(
    o.id, o.restaurant_id, o.branch_id, o.table_id, o.session_id, o.number, o.table_number,
    o.area_name, o.customer_name, o.status, o.note, o.currency, o.total_minor, o.final_minor,
    o.tax_rate_bp, o.version, unix_ms(o.created_at) as created_at,
    unix_ms(o.updated_at) as updated_at, unix_ms(o.confirmed_at) as confirmed_at, o.cancel_reason,
    o.cancel_requested_by, unix_ms(o.cancel_requested_at) as cancel_requested_at
)sql"};

inline constexpr SqlText kOrderLines{R"sql(
    select json_agg(json_build_array(
        i.id, i.menu_item_id, i.station_id, i.name, i.quantity, i.unit_price_minor, i.note,
        i.status, i.ticket_id
    ) order by i.position)
    from order_items i where i.order_id = o.id
)sql"};

/// Ids of tickets sort by time.
inline constexpr SqlText kOrderTickets{R"sql(
    select json_agg(json_build_array(
        t.id, t.station_id, s.name, t.status, t.priority, t.is_held, t.chef_id, t.chef_name,
        t.version, unix_ms(t.created_at), unix_ms(t.acknowledged_at), unix_ms(t.started_at),
        unix_ms(t.ready_at), unix_ms(t.completed_at), t.recalled_by, unix_ms(t.recalled_at)
    ) order by t.id)
    from tickets t left join stations s on s.id = t.station_id
    where t.order_id = o.id
)sql"};

/// What order_of() reads of an order `o`.
inline constexpr auto kWholeOrder =
    kOrderColumns + ", (" + kOrderLines + ") as lines, (" + kOrderTickets + ") as tickets";

/// From kWholeOrder.
Order order_of(const pqxx::row& row);

}  // namespace orderpush::storage
