#include "core/operations/operations_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/orders/order_rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>
#include <stdexcept>

namespace orderpush::storage {
namespace {

/// $1 restaurant, $2 branch or null, $3 from, $4 entries per kitchen, $5 dead ones at most. One row
/// of JSON lists and figures; times in Unix milliseconds. Entries have no time of their own: each
/// kitchen's channel is walked backwards a hundred at a time until an event is too old, and only
/// what lies behind is read. `offset 0` keeps the planner from reading whole tables for it. The
/// delay is that of the first delivery, from the commit or from when the adapter's hold ended: what
/// was delivered again, or died and was sent again later, adds none.
constexpr Statement kReadOperations{
    "read_operations",
    R"sql(
with recursive owned as materialized (
    select b.id, b.name, ('kitchen:' || b.id::text) collate "C" as channel
    from branches b
    where b.restaurant_id = $1 and ($2::uuid is null or b.id = $2)
), walked (channel, seq, stride) as (
    select o.channel, k.seq, 0
    from owned o
    cross join lateral (select k.seq from channel_counters k where k.channel = o.channel offset 0) k
    union all
    select w.channel, w.seq - 100, w.stride + 1
    from walked w
    cross join lateral (
        select 1
        from outbox o join events e on e.id = o.event_id
        where o.channel = w.channel and o.seq = w.seq and e.occurred_at >= $3
        offset 0
    ) recent
    where w.stride * 100 < $4
), spans as materialized (
    select w.channel, min(w.seq) as low, max(w.seq) as top,
        max(w.stride) * 100 >= $4 and min(w.seq) > 0 as is_cut
    from walked w
    group by w.channel
), happened as materialized (
    select n.channel, n.seq, e.name, e.occurred_at,
        greatest(e.written_at, e.occurred_at) as written_at
    from spans s
    cross join lateral (
        select o.channel, o.seq, o.event_id from outbox o
        where o.channel = s.channel and o.seq > s.low and o.seq <= s.top
        offset 0
    ) n
    cross join lateral (
        select e.name, e.occurred_at, e.written_at from events e where e.id = n.event_id offset 0
    ) e
    where e.occurred_at >= $3
), handed as materialized (
    select d.state, d.attempts, d.updated_at, d.history, h.written_at, f.state as first_state,
        case when f.state is null then d.updated_at else to_timestamp(f.at / 1000.0) end
            as settled_at,
        greatest(h.written_at,
            case when f.state is null then d.not_before else to_timestamp(f.due / 1000.0) end
        ) as due_at
    from happened h
    cross join streams s
    cross join lateral (
        select d.state, d.attempts, d.updated_at, d.not_before, d.history from deliveries d
        where d.adapter = s.name and d.channel = h.channel and d.seq = h.seq
        offset 0
    ) d
    left join lateral (
        -- What it came to before it was sent again.
        select p.state, p.at, p.due
        from rows from (
            jsonb_to_recordset(d.history) as (state text, at bigint, due bigint)
        ) with ordinality as p (state, at, due, place)
        where p.state in ('delivered', 'dead')
        order by p.place limit 1
    ) f on true
    where s.is_active
), told as (
    select h.occurred_at as at, 'order' as what, null::bigint as ms from happened h
        where h.name = 'order:created'
    union all
    select h.settled_at, 'delivered', greatest(floor(extract(epoch
        from h.settled_at - h.due_at) * 1000), 0)::bigint
    from handed h
    where coalesce(h.first_state, h.state) = 'delivered'
    union all
    select h.updated_at, h.state, null
    from handed h
    where (h.state = 'delivered' and h.first_state = 'dead') or h.state = 'dead'
        or (h.state = 'retry' and h.attempts > 0)
    union all
    select to_timestamp(p.at / 1000.0), p.state, null
    from handed h cross join lateral jsonb_to_recordset(h.history) as p (state text, at bigint)
    where p.state in ('retry', 'dead')
), counted as (
    select grouping(t.minute) = 1 as is_total, unix_ms(t.minute) as at,
        count(*) filter (where t.what = 'order') as orders,
        count(*) filter (where t.what = 'delivered') as delivered,
        count(*) filter (where t.what in ('retry', 'dead')) as failed,
        percentile_disc(array[0.5,
            0.99]) within group (order by t.ms) filter (where t.what = 'delivered') as ms
    from (select date_trunc('minute', t.at) as minute, t.what, t.ms from told t) t
    group by grouping sets ((t.minute), ())
)
select
    (select json_agg(json_build_object('id', o.id, 'name', o.name) order by o.name, o.id)
        from owned o) as branches,
    (select json_agg(to_json(c) order by c.at) from counted c where not c.is_total) as minutes,
    (select to_json(c) from counted c where c.is_total) as total,
    (
        select count(*) from (
            select 1 from owned o join deliveries d on d.branch_id = o.id
                where d.state = 'dead' limit $5
        ) dead
    ) as dead_count,
    coalesce((select bool_or(s.is_cut) from spans s), false) as is_truncated
)sql",
    Statement::Access::kRead};

/// $1 restaurant, $2 branch or null, $3 number, $4 at most. The newest of each branch are read from
/// orders_number_key.
constexpr Statement kFindNumberedOrders =
    joined_statement("find_numbered_orders", Statement::Access::kRead, [] {
        return R"sql(
select )sql" + kWholeOrder +
               R"sql(
from (
    select n.id, n.created_at
    from branches b
    cross join lateral (
        select o.id, o.created_at from orders o
        where o.branch_id = b.id and o.number = $3
        order by o.business_day desc
        limit $4
    ) n
    where b.restaurant_id = $1 and ($2::uuid is null or b.id = $2)
    order by n.created_at desc, n.id desc
    limit $4
) p
join orders o on o.id = p.id
order by p.created_at desc, p.id desc
)sql";
    });

using nlohmann::json;
using std::chrono::milliseconds;

OperationsFigures figures_of(const json& row) {
    OperationsFigures figures{
        .order_count = row.at("orders").get<std::int64_t>(),
        .delivered_count = row.at("delivered").get<std::int64_t>(),
        .failed_count = row.at("failed").get<std::int64_t>()};
    if (!row.at("ms").is_null() && !row.at("ms").at(0).is_null()) {
        figures.p50 = milliseconds{row.at("ms").at(0).get<std::int64_t>()};
        figures.p99 = milliseconds{row.at("ms").at(1).get<std::int64_t>()};
    }
    return figures;
}

OperationsMinute minute_of(const json& row) {
    return {
        .at = Timestamp{milliseconds{row.at("at").get<std::int64_t>()}},
        .figures = figures_of(row)};
}

OperationsBranch branch_row_of(const json& row) {
    const auto id = parse_id<BranchId>(row.at("id").get_ref<const std::string&>());
    if (!id) {
        throw std::runtime_error("the id of a branch is none");
    }
    return {.id = *id, .name = row.at("name").get<std::string>()};
}

/// A JSON list, or null for an empty one.
template <class Value>
std::vector<Value> list_of(const pqxx::field& field, Value (*read)(const json&)) {
    std::vector<Value> values;
    if (!field.is_null()) {
        for (const json& row : json::parse(field.c_str())) {
            values.push_back(read(row));
        }
    }
    return values;
}

/// In PostgreSQL. The pool must outlive it.
class SqlOperationsStore final : public OperationsStore {
  public:
    explicit SqlOperationsStore(DbPool& pool) : pool_(pool) {}

    Result<OperationsPicture> picture(const OperationsFilter& filter) override {
        Parameters parameters;
        parameters.add(filter.owner.restaurant)
            .add(filter.owner.branch)
            .add(filter.from)
            .add(filter.entries_max)
            .add(filter.dead_max);
        using Painted = Result<OperationsPicture>;
        return query(pool_, kReadOperations, parameters, [](const pqxx::result& rows) -> Painted {
            const pqxx::row row = rows.front();
            return OperationsPicture{
                .branches = list_of(row["branches"], branch_row_of),
                .minutes = list_of(row["minutes"], minute_of),
                .total = figures_of(json::parse(row["total"].c_str())),
                .dead_count = row["dead_count"].as<std::int64_t>(),
                .is_truncated = row["is_truncated"].as<bool>()};
        });
    }

    Result<std::vector<Order>> find_orders(const DeliveryOwner& owner, int number, int limit)
        override {
        Parameters parameters;
        parameters.add(owner.restaurant).add(owner.branch).add(number).add(limit);
        using Found = Result<std::vector<Order>>;
        return query(pool_, kFindNumberedOrders, parameters, [](const pqxx::result& rows) -> Found {
            std::vector<Order> orders;
            for (const auto& row : rows) {
                orders.push_back(order_of(row));
            }
            return orders;
        });
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<OperationsStore> make_operations_store(DbPool& pool) {
    return std::make_unique<SqlOperationsStore>(pool);
}

std::span<const Statement> operations_statements() {
    static constexpr std::array kAll{kReadOperations, kFindNumberedOrders};
    return kAll;
}

}  // namespace orderpush::storage
