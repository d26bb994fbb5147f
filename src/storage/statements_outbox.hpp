#pragma once

#include "storage/statement.hpp"

namespace orderpush::storage {

/// $1 adapter. True if this connection now holds the lease on relaying to it. It goes with the
/// connection.
inline constexpr Statement kTryRelayLease{
    "try_relay_lease",
    // 28784 is "pp": keeps these locks apart from other uses of advisory locks.
    "select pg_try_advisory_lock(28784, hashtext($1)) as is_held",
    Statement::Access::kWrite};

/// $1 adapter, $2 now, $3 channels after this name, $4 up to this name, $5 entries per channel, $6
/// entries in all. The first entries of each pending channel that follow the last settled one; none
/// of a channel whose head waits (nothing behind the head was tried yet). What was settled may be
/// gone with its entries: see kPurgeEvents. Ordered along channel_counters_pending_idx, so that it
/// stops as soon as it has enough.
inline constexpr Statement kClaimEntries{
    "claim_entries",
    R"sql(
with heads as (
    select k.channel, o.seq, o.event_id
    from channel_counters k
    cross join lateral (
        select coalesce((
            select d.seq from deliveries d
            where d.adapter = $1 and d.channel = k.channel and d.state in ('delivered', 'dead')
            order by d.seq desc limit 1
        ), 0) as seq
        offset 0 -- Read once per channel: without it the planner repeats it wherever it is named.
    ) settled
    cross join lateral (
        select o.seq, o.event_id from outbox o
        where o.channel = k.channel and o.seq > settled.seq
            and not exists (
                select 1 from deliveries d
                where d.adapter = $1 and d.channel = k.channel and d.seq > settled.seq
                    and d.state = 'retry' and d.not_before > $2::timestamptz
            )
        order by o.seq limit $5
    ) o
    where k.is_pending and k.channel > $3 and k.channel <= $4
    order by k.channel, o.seq
    limit $6
)
select h.channel, h.seq, e.id, e.name, e.payload::text as payload, unix_ms(e.occurred_at) as occurred_at,
    -- Not a join: one planned while the table was empty reads all of the adapter's rows per entry.
    coalesce((
        select d.attempts from deliveries d
        where d.adapter = $1 and d.channel = h.channel and d.seq = h.seq
    ), 0) as attempts
from heads h
join events e on e.id = h.event_id
order by h.channel, h.seq
)sql",
    Statement::Access::kRead};

/// $1 adapter, $2 settlements, $3 now. What is settled stays so. A channel stops being pending once
/// its last entry is settled. A counter that a writer holds is skipped, not waited for: that writer
/// leaves the channel pending anyway. One that a writer moved on since this statement began is read
/// again when it is locked, and no longer matches.
inline constexpr Statement kSettleEntries{
    "settle_entries",
    R"sql(
with outcome as (
    select s.channel, s.seq, s.state, s.attempts, s.not_before, s.reason
    from json_to_recordset($2) as s (
        channel text, seq bigint, state text, attempts integer, not_before timestamptz, reason text
    )
), kept as (
    insert into deliveries (adapter, channel, seq, state, attempts, not_before, reason, updated_at)
    select $1, s.channel, s.seq, s.state, s.attempts, s.not_before, s.reason, $3 from outcome s
    on conflict (adapter, channel, seq) do update
    set state = excluded.state, attempts = excluded.attempts, not_before = excluded.not_before,
        reason = excluded.reason, updated_at = excluded.updated_at
    where deliveries.state = 'retry'
    returning 1
), settled as (
    select s.channel collate "C" as channel, max(s.seq) as seq
    from outcome s where s.state in ('delivered', 'dead') group by s.channel
), finished as (
    select k.channel, k.seq
    from channel_counters k join settled s on s.channel = k.channel
    where k.is_pending and k.seq <= s.seq
    order by k.channel
    for update of k skip locked
)
update channel_counters k set is_pending = false
from finished f
where k.channel = f.channel and k.seq = f.seq and (select count(*) from kept) >= 0
)sql",
    Statement::Access::kWrite};

}  // namespace orderpush::storage
