#pragma once

#include "storage/database/statement.hpp"

namespace orderpush::storage {

/// $1 instance, $2 messages, one a line, $3 messages to be kept, as a JSON object by name. The
/// place in the log is locked until the commit: the order of ids is the order of commits. The
/// notification only wakes the readers; its own limits do not matter.
inline constexpr Statement kAppendBatch{
    "append_batch",
    R"sql(
with place as (
    update hub_log set last_id = last_id + 1 returning last_id
), appended as (
    insert into hub_batches (id, origin, created_at, body)
    select p.last_id, $1, clock_timestamp(), $2 from place p
    returning id
), kept as (
    insert into hub_kept_messages (name, batch_id, body, kept_at)
    select m.key, p.last_id, m.value, clock_timestamp()
    from place p cross join json_each_text($3::json) m
    on conflict (name) do update
    set batch_id = excluded.batch_id, body = excluded.body, kept_at = excluded.kept_at
)
select a.id, pg_notify('orderpush_hub', '') from appended a
)sql",
    Statement::Access::kWrite};

/// $1 the place that a reader reached, $2 when that batch was written. Where to go on: there,
/// unless that very batch is gone. It may have been removed as too old, or a crash of the server
/// took back what had not reached the disk: then behind all that was written until that time.
inline constexpr Statement kFindLogPosition{
    "find_log_position",
    R"sql(
select l.last_id,
    exists (select 1 from hub_batches b where b.id = $1 and b.created_at = $2::timestamptz) as is_there,
    coalesce(
        (select max(b.id) from hub_batches b where b.created_at <= $2::timestamptz),
        (select min(b.id) - 1 from hub_batches b),
        l.last_id
    ) as older_id
from hub_log l
)sql",
    Statement::Access::kRead};

/// $1 behind this place, $2 batches at most. At least one row, which tells the end of the log.
inline constexpr Statement kReadBatches{
    "read_batches",
    R"sql(
select l.last_id, b.id, b.origin, b.created_at::text as created_at, b.body
from hub_log l left join lateral (
    select n.id, n.origin, n.created_at, n.body
    from hub_batches n where n.id > $1
    order by n.id limit $2
) b on true
order by b.id
)sql",
    Statement::Access::kRead};

/// $1 milliseconds for which they are kept, $2 at most. One row at least, with the end of the log:
/// the kept messages are as of there, in the order of the log.
inline constexpr Statement kReadKeptMessages{
    "read_kept_messages",
    R"sql(
select l.last_id, m.body
from hub_log l left join lateral (
    select k.batch_id, k.name, k.body
    from hub_kept_messages k
    where k.kept_at > now() - $1::bigint * interval '1 millisecond'
    order by k.batch_id desc, k.name limit $2
) m on true
order by m.batch_id, m.name
)sql",
    Statement::Access::kRead};

/// $1 milliseconds for which they are kept, $2 at most. One instance at a time.
inline constexpr Statement kPurgeBatches{
    "purge_batches",
    R"sql(
with turn as materialized (
    -- 28784 as in kTryRelayLease.
    select pg_try_advisory_xact_lock(28784, hashtext('hub_log')) as is_mine
)
delete from hub_batches b
where b.id = any (array(
    select o.id from hub_batches o
    where o.created_at < now() - $1::bigint * interval '1 millisecond' and (select t.is_mine from turn t)
    order by o.created_at limit $2
))
)sql",
    Statement::Access::kWrite};

/// As kPurgeBatches. One that is replaced right now is left to who replaces it.
inline constexpr Statement kPurgeKeptMessages{
    "purge_kept_messages",
    R"sql(
delete from hub_kept_messages m
where m.ctid = any (array(
    select k.ctid from hub_kept_messages k
    where k.kept_at < now() - $1::bigint * interval '1 millisecond'
    order by k.kept_at limit $2
    for update skip locked
))
)sql",
    Statement::Access::kWrite};

/// $1 instance, $2 whether it shares its broadcasts, $3 milliseconds of silence that count as
/// death. One row at least. The dead are forgotten after an hour.
inline constexpr Statement kBeat{
    "beat",
    R"sql(
with before as materialized (
    select i.id, i.is_sharing, i.seen_at > now() - $3::bigint * interval '1 millisecond' as is_alive
    from instances i
), own as (
    insert into instances (id, is_sharing, started_at, seen_at) values ($1, $2, now(), now())
    on conflict (id) do update set is_sharing = excluded.is_sharing, seen_at = excluded.seen_at
), forgotten as (
    delete from instances i
    where i.ctid = any (array(
        select o.ctid from instances o
        where o.seen_at < now() - interval '1 hour' and o.id <> $1
        for update skip locked
    ))
)
select not exists (select 1 from before b where b.id = $1 and b.is_alive) as was_absent, p.id, p.is_sharing
from (select 1) one left join before p on p.id <> $1 and p.is_alive
)sql",
    Statement::Access::kWrite};

/// $1 instance.
inline constexpr Statement kLeaveCluster{
    "leave_cluster", "delete from instances i where i.id = $1", Statement::Access::kWrite};

}  // namespace orderpush::storage
