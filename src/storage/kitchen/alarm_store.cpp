#include "core/kitchen/alarm_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 now, $2 displays reported since, $3 at most. The orders with a ticket that nobody took, of
/// all branches: those with the fewest alarms first, then the oldest, so that what was told already
/// keeps nothing new from being seen. Not those of a past that the epoch of the logs gave up.
constexpr Statement kListWaitingOrders{
    "list_waiting_orders",
    R"sql(
select w.order_id, w.branch_id, unix_ms(w.since) as since, w.is_overdue,
    coalesce(a.no_display, false) as has_no_display_alarm,
    coalesce(a.unacknowledged, false) as has_unacknowledged_alarm,
    unix_ms(u.since + w.unseen_after) as unseen_from, unix_ms(a.push_again_at) as push_again_at,
    unix_ms(a.waiters_at) as waiters_at, unix_ms(a.webhook_at) as webhook_at,
    u.since is not null and exists (
        select 1 from webhook_endpoints p where p.restaurant_id = w.restaurant_id and p.is_active
    ) as has_webhook
from (
    select p.order_id, b.id as branch_id, b.restaurant_id, p.since,
        p.since <= $1::timestamptz - b.unattended_after_seconds * interval '1 second' as is_overdue,
        b.unseen_after_seconds * interval '1 second' as unseen_after,
        exists (
            select 1 from kitchen_sightings k
                where k.branch_id = b.id and k.seen_at > $2::timestamptz
        ) as is_reporting
    from branches b
    cross join lateral ( -- One by one along the index: joined, all tickets might be read.
        select t.order_id, min(t.created_at) as since
        from tickets t
        where t.branch_id = b.id and t.status = 'pending' and not t.is_held
            and t.created_at >= coalesce((select l.dropped_before from log_epoch l), '-infinity')
        group by t.order_id
    ) p
) w
left join lateral (
    select s.since
    from (
        select case when w.is_reporting and w.since <= $1::timestamptz - w.unseen_after
            then unseen_since(w.order_id) end as since
        offset 0 -- Asked once per order: without it wherever it is named.
    ) s
    where s.since <= $1::timestamptz - w.unseen_after
) u on true
left join (
    select u.order_id, count(*) as alarm_count, bool_or(u.cause = 'no_display') as no_display,
        bool_or(u.cause = 'unacknowledged') as unacknowledged,
        max(u.raised_at) filter (where u.cause = 'unseen'
            and u.step = 'push_again') as push_again_at,
        max(u.raised_at) filter (where u.cause = 'unseen' and u.step = 'waiters') as waiters_at,
        max(u.raised_at) filter (where u.cause = 'unseen' and u.step = 'webhook') as webhook_at
    from unattended_alarms u
    where u.cleared_at is null
    group by u.order_id
) a on a.order_id = w.order_id
order by coalesce(a.alarm_count, 0), w.since, w.order_id
limit $3
)sql",
    Statement::Access::kRead};

/// $1 alarm, $2 order, $3 branch, $4 cause, $5 step, $6 now, $7 events, $8 body of a webhook, $9
/// when it expires or null. Of two at once the second finds the first one's row at
/// unattended_alarms_open_key, and writes nothing.
constexpr Statement kRaiseAlarm = joined_statement("raise_alarm", Statement::Access::kWrite, [] {
    return R"sql(
with endpoint as materialized (
    select p.id from branches b join webhook_endpoints p on p.restaurant_id = b.restaurant_id
    where b.id = $3::uuid and p.is_active
), unseen as materialized (
    select unseen_since($2::uuid) as since where $4::text = 'unseen'
), raised as (
    insert into unattended_alarms (id, order_id, branch_id, cause, step, raised_at)
    select $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::timestamptz
    where exists (
            select 1 from tickets t where t.order_id = $2::uuid and t.status = 'pending'
                and not t.is_held
        )
        and ($4::text <> 'unseen' or exists (select 1 from unseen u where u.since is not null))
        and ($5::text <> 'webhook' or exists (select 1 from endpoint))
    on conflict (order_id, cause, step) where cleared_at is null do nothing
    returning id, step
), lost as materialized (
    select d.adapter, d.channel, d.seq
    from raised r
    join outbox o on o.channel = ('order:' || $2::uuid::text) collate "C"
    join events e on e.id = o.event_id
    join outbox k on k.event_id = e.id and k.channel = ('kitchen:' || $3::uuid::text) collate "C"
    cross join streams s
    join deliveries d on d.adapter = s.name and d.channel = k.channel and d.seq = k.seq
    where r.step = 'push_again' and e.name in ('order:created', 'order:items_added')
        and e.occurred_at >= (select u.since from unseen u) and s.is_active
            and d.state = 'delivered'
    order by d.adapter, d.seq
    for update of d
), resent as (
    update deliveries d
    set state = 'resend', attempts = 0, not_before = $6, branch_id = $3, updated_at = $6,
        history = case
            when d.not_before is null then with_attempt(d.history, d.attempts, d.via, d.state,
                d.reason, d.updated_at)
            -- When the delivery was due: kReadOperations measures it from then.
            else jsonb_set(
                with_attempt(d.history, d.attempts, d.via, d.state, d.reason, d.updated_at),
                '{-1,due}', to_jsonb(floor(extract(epoch from d.not_before) * 1000)::bigint)
            )
        end
    from lost l
    where d.adapter = l.adapter and d.channel = l.channel and d.seq = l.seq
    returning 1
), mailed as (
    insert into outgoing_webhooks (id, endpoint_id, body, event_count, state, created_at,
        expires_at)
    select r.id, p.id, $8::text, 1, 'pending', $6::timestamptz, $9::timestamptz
    from raised r cross join endpoint p where r.step = 'webhook'
    returning 1
), written as (
    select 1 from raised union all select 1 from resent union all select 1 from mailed
), recorded as (
    select e.position, e.id, e.name, e.payload, e.occurred_at, e.channels
    from raised cross join json_to_recordset($7) as e )sql" +
           kEventColumns + R"sql(
), )sql" + kRecordEvents +
           R"sql(
select exists (select 1 from raised) as was_raised
where (select count(*) from queued) >= 0 and (select count(*) from written) >= 0
)sql";
});

/// $1 attended branches, $2 now.
constexpr Statement kClearAlarms{
    "clear_alarms",
    R"sql(
with cleared as (
    update unattended_alarms a set cleared_at = $2
    where a.cleared_at is null and (
        (a.cause = 'no_display' and a.branch_id = any ($1::uuid[]))
        or (a.cause = 'unseen' and unseen_since(a.order_id) is null)
        or not exists (
            select 1 from tickets t where t.order_id = a.order_id and t.status = 'pending'
                and not t.is_held
        )
    )
    returning a.id
)
update outgoing_webhooks w set state = 'expired', settled_at = $2
from cleared c where w.id = c.id and w.state = 'pending'
)sql",
    Statement::Access::kWrite};

class SqlAlarmStore final : public AlarmStore {
  public:
    /// The pool outlives the store.
    explicit SqlAlarmStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<WaitingOrder>> waiting(const AlarmWatch& watch) override {
        using Found = Result<std::vector<WaitingOrder>>;
        const auto parameters =
            Parameters{}.add(watch.now).add(watch.reporting_since).add(watch.limit);
        return query(pool_, kListWaitingOrders, parameters, [](const pqxx::result& rows) -> Found {
            std::vector<WaitingOrder> orders;
            orders.reserve(rows.size());
            for (const auto& row : rows) {
                orders.push_back(
                    {.order = id_of<OrderId>(row["order_id"]),
                     .branch = id_of<BranchId>(row["branch_id"]),
                     .since = time_of(row["since"]),
                     .is_overdue = row["is_overdue"].as<bool>(),
                     .has_no_display_alarm = row["has_no_display_alarm"].as<bool>(),
                     .has_unacknowledged_alarm = row["has_unacknowledged_alarm"].as<bool>(),
                     .unseen_from = optional_time_of(row["unseen_from"]),
                     .unseen_steps =
                         {optional_time_of(row["push_again_at"]),
                          optional_time_of(row["waiters_at"]),
                          optional_time_of(row["webhook_at"])},
                     .has_webhook = row["has_webhook"].as<bool>()}
                );
            }
            return orders;
        });
    }

    Result<bool> raise(const NewAlarm& alarm) override {
        Parameters parameters;
        parameters.add(alarm.id)
            .add(alarm.order)
            .add(alarm.branch)
            .add(to_string(alarm.cause))
            .add(to_string(alarm.step))
            .add(alarm.at)
            .add(events_json(alarm.events))
            .add(alarm.webhook_body)
            .add(alarm.webhook_expires_at);
        return query(pool_, kRaiseAlarm, parameters, [](const pqxx::result& rows) -> Result<bool> {
            return rows.front()["was_raised"].as<bool>();
        });
    }

    Result<void> clear(std::span<const BranchId> attended, Timestamp now) override {
        const auto cleared =
            pool_.run(kClearAlarms, Parameters{}.add(uuid_array(attended)).add(now));
        return cleared ? Result<void>{} : cleared.error();
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<AlarmStore> make_alarm_store(DbPool& pool) {
    return std::make_unique<SqlAlarmStore>(pool);
}

std::span<const Statement> alarm_statements() {
    static constexpr std::array kAll{kListWaitingOrders, kRaiseAlarm, kClearAlarms};
    return kAll;
}

}  // namespace orderpush::storage
