#include "core/operations/retention.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 events before this go once they are settled, $2 events before this go in any case, $3
/// adapters, $4 after this event, $5 up to this event, $6 events to look at. Events are found by
/// their ids, which sort by time, so that no index on the time is needed; the time decides. Of each
/// channel the entries that are due go as far as they follow one another from its oldest on.
/// Entries, deliveries and events go at one instant: what is left of a channel then is behind
/// whatever was settled, and kClaimEntries finds nothing that was published before. Counters stay:
/// without its counter the next entry of a channel would be its first again.
constexpr Statement kPurgeEvents{
    "purge_events",
    R"sql(
with recursive turn as materialized (
    -- One instance at a time, for this statement; 28784 as in all locks.
    select pg_try_advisory_xact_lock(28784, hashtext('retention')) as is_mine
), looked_at as materialized (
    select e.id, e.occurred_at
    from events e
    where e.id > $4 and e.id <= $5 and e.occurred_at < $1::timestamptz
        and (select t.is_mine from turn t)
    order by e.id limit $6
), queued as materialized (
    select o.channel, o.seq, o.event_id, l.occurred_at < $2::timestamptz as is_overdue
    from looked_at l join outbox o on o.event_id = l.id
), channels as materialized (
    select q.channel,
        (select o.seq from outbox o where o.channel = q.channel
            order by o.seq limit 1) as oldest_seq,
        (
            select min(coalesce((
                select d.seq from deliveries d
                where d.adapter = a.name and d.channel = q.channel and d.state <> 'retry'
                order by d.seq desc limit 1
            ), 0))
            from unnest($3::text[]) as a (name)
        ) as settled_seq
    from (select distinct channel from queued) q
), due as (
    select q.channel, q.seq, q.seq - row_number() over (partition by q.channel
        order by q.seq) as lead, c.oldest_seq
    from queued q join channels c on c.channel = q.channel
    where q.is_overdue or q.seq <= c.settled_seq
), doomed as materialized (
    select d.channel, d.seq from due d where d.lead = d.oldest_seq - 1
), kept as materialized (
    select q.event_id from queued q
    where not exists (select 1 from doomed d where d.channel = q.channel and d.seq = q.seq)
), adapters as (
    -- Each adapter that ever settled anything, whether it is still in use or not, by leaps along
    -- the primary key.
    (select d.adapter from deliveries d order by d.adapter limit 1)
    union all
    select (select d.adapter from deliveries d where d.adapter > a.adapter
        order by d.adapter limit 1)
    from adapters a where a.adapter is not null
), removed_deliveries as (
    delete from deliveries v
    using doomed d cross join adapters a
    where v.adapter = a.adapter and v.channel = d.channel and v.seq = d.seq
), removed_entries as (
    delete from outbox o using doomed d where o.channel = d.channel and o.seq = d.seq
    returning 1
), emptied as (
    -- Nothing is left of these: no stream has to look at them. Counters that a writer holds are
    -- left to the next time.
    select k.channel, k.seq
    from channel_counters k
    join (select d.channel, max(d.seq) as seq from doomed d group by d.channel) g
        on g.channel = k.channel
    where k.seq = g.seq
    order by k.channel
    for update of k skip locked
), unflagged as (
    update channel_counters k set is_pending = false
    from emptied m
    where k.channel = m.channel and k.seq = m.seq and k.is_pending
), unlisted as (
    delete from stream_channels c using emptied m where c.channel = m.channel
), removed_events as (
    delete from events e using looked_at l
    where e.id = l.id and l.id not in (select k.event_id from kept k)
    returning 1
)
select t.is_mine,
    (select l.id from looked_at l order by l.id offset $6 - 1 limit 1) as last_id,
    (select count(*) from removed_entries) as entry_count,
    (select count(*) from removed_events) as event_count
from turn t
)sql",
    Statement::Access::kWrite};

/// $1 made at this time or before, $2 at most. A key that a request replaces right now is left to
/// it.
constexpr Statement kPurgeIdempotencyKeys{
    "purge_idempotency_keys",
    R"sql(
delete from idempotency_keys k
where k.ctid = any (array(
    -- Locked, so that they still stand there. By the key itself the planner would read the whole
    -- table.
    select l.ctid
    from idempotency_keys l
    where l.created_at <= $1::timestamptz
    order by l.created_at limit $2
    for update skip locked
))
)sql",
    Statement::Access::kWrite};

/// The id before those of version 7 that were made at `time`: 48 bits of Unix milliseconds come
/// first (RFC 9562, section 5.7).
EventId id_before(Timestamp time) {
    EventId id;
    auto rest = static_cast<std::uint64_t>(time.time_since_epoch().count());
    for (std::size_t i = 6; i-- > 0;) {
        id.value.bytes[i] = static_cast<std::uint8_t>(rest & 0xFFU);
        rest >>= 8U;
    }
    return id;
}

Error purge_elsewhere() {
    return {
        .kind = ErrorKind::kConflict,
        .code = "purge_elsewhere",
        .message = "Another instance removes old events."};
}

/// Retention in PostgreSQL. The pool must outlive it.
class SqlRetention final : public Retention {
  public:
    explicit SqlRetention(DbPool& pool) : pool_(pool) {}

    Result<PurgedBatch> purge_events(const EventPurge& purge) override {
        Parameters parameters;
        parameters.add(purge.settled_before)
            .add(purge.all_before)
            .add(text_array(purge.adapters))
            .add(purge.after.value_or(EventId{}))
            .add(id_before(purge.settled_before))
            .add(purge.limit);
        using Purged = Result<PurgedBatch>;
        return query(pool_, kPurgeEvents, parameters, [](const pqxx::result& rows) -> Purged {
            const pqxx::row row = rows.front();
            if (!row["is_mine"].as<bool>()) {
                return purge_elsewhere();
            }
            return PurgedBatch{
                .last = optional_id_of<EventId>(row["last_id"]),
                .entry_count = row["entry_count"].as<std::size_t>(),
                .event_count = row["event_count"].as<std::size_t>()};
        });
    }

    Result<std::size_t> purge_idempotency_keys(Timestamp made_until, int limit) override {
        const auto removed =
            ORDERPUSH_TRY(pool_.run(kPurgeIdempotencyKeys, Parameters{}.add(made_until).add(limit))
            );
        return removed.affected_rows();
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<Retention> make_retention(DbPool& pool) {
    return std::make_unique<SqlRetention>(pool);
}

std::span<const Statement> retention_statements() {
    static constexpr std::array kAll{kPurgeEvents, kPurgeIdempotencyKeys};
    return kAll;
}

}  // namespace orderpush::storage
