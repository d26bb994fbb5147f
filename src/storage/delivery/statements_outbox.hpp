#pragma once

#include "storage/database/sql_text.hpp"
#include "storage/database/statement.hpp"

namespace orderpush::storage {

/// $1 stream. True if this connection now holds the lease on relaying it. It goes with the
/// connection. A stream that nobody registered counts as the first.
inline constexpr Statement kTryRelayLease{
    "try_relay_lease",
    // 28784 is "pp": keeps these locks apart from other uses of advisory locks.
    R"sql(
select pg_try_advisory_lock(28784, hashtext($1)) as is_held,
    not exists (select 1 from streams s where s.name = $1 and not s.is_first) as is_first
)sql",
    Statement::Access::kWrite};

// The claim: $1 stream, $2 now, $3 channels after this name, $4 up to this name, $5 entries per
// channel, $6 entries in all. The first entries of each pending channel that follow the last
// settled one; none of a channel whose head waits (nothing behind the head was tried yet). What was
// settled may be gone with its entries: see kPurgeEvents. Ordered along an index of the pending
// channels, so that it stops as soon as it has enough. Then what is to be sent again. In two forms,
// which differ in how they know the pending channels.
inline constexpr SqlText kClaimHead{R"sql(
with heads as (
    select k.channel, o.seq, o.event_id
    from )sql"};
inline constexpr SqlText kClaimTail{R"sql(
    order by k.channel, o.seq
    limit $6
), resent as (
    select d.channel, d.seq, o.event_id
    from deliveries d join outbox o on o.channel = d.channel and o.seq = d.seq
    where d.adapter = $1 and d.state = 'resend' and d.not_before <= $2::timestamptz
        and d.channel > $3 and d.channel <= $4
    order by d.channel, d.seq
    limit $6
), due as (
    select h.channel, h.seq, h.event_id, false as is_resend from heads h
    union all
    select r.channel, r.seq, r.event_id, true from resent r
)
select h.channel, h.seq, e.id, e.name, e.payload::text as payload, unix_ms(e.occurred_at) as occurred_at,
    -- Not a join: one planned while the table was empty reads all of the adapter's rows per entry.
    coalesce((
        select d.attempts from deliveries d
        where d.adapter = $1 and d.channel = h.channel and d.seq = h.seq
    ), 0) as attempts,
    h.is_resend
from due h
join events e on e.id = h.event_id
order by h.channel, h.seq
limit $6
)sql"};
inline constexpr SqlText kClaimEach{R"sql(
    cross join lateral (
        select coalesce((
            select d.seq from deliveries d
            where d.adapter = $1 and d.channel = k.channel and d.state <> 'retry'
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
)sql"};

/// For the first stream.
inline constexpr auto kClaimEntriesText =
    kClaimHead + "channel_counters k" + kClaimEach +
    "where k.is_pending and k.channel > $3 and k.channel <= $4" + kClaimTail;
inline constexpr Statement kClaimEntries{
    "claim_entries", kClaimEntriesText.text, Statement::Access::kRead};

/// For the others.
inline constexpr auto kClaimFurtherEntriesText =
    kClaimHead + "stream_channels k" + kClaimEach +
    "where k.stream = $1 and k.channel > $3 and k.channel <= $4" + kClaimTail;
inline constexpr Statement kClaimFurtherEntries{
    "claim_further_entries", kClaimFurtherEntriesText.text, Statement::Access::kRead};

// Settling: $1 stream, $2 settlements, $3 now. What is settled stays so. A channel stops being
// pending once its last entry is settled. A counter that a writer holds is skipped, not waited for:
// that writer leaves the channel pending anyway. One that a writer moved on since this statement
// began is read again when it is locked, and no longer matches. What an attempt before left in the
// row moves to its history; a row that only waits on, as while a circuit is open, adds nothing.
inline constexpr SqlText kSettle{R"sql(
with outcome as (
    select s.channel, s.seq, s.state, s.attempts, s.not_before, s.reason, s.via
    from json_to_recordset($2) as s (
        channel text, seq bigint, state text, attempts integer, not_before timestamptz, reason text, via text
    )
), kept as (
    insert into deliveries (adapter, channel, seq, state, attempts, not_before, reason, via, branch_id, updated_at)
    select $1, s.channel, s.seq, s.state, s.attempts, s.not_before, s.reason, s.via,
        case when s.state in ('retry', 'dead') then branch_of_channel(s.channel) end, $3
    from outcome s
    on conflict (adapter, channel, seq) do update
    set state = case
            when deliveries.state = 'resend' and excluded.state = 'retry' then 'resend' else excluded.state
        end,
        attempts = excluded.attempts, not_before = excluded.not_before, reason = excluded.reason,
        via = excluded.via, branch_id = excluded.branch_id, updated_at = excluded.updated_at,
        history = case
            when deliveries.attempts > 0 and (deliveries.attempts, deliveries.via, deliveries.reason)
                is distinct from (excluded.attempts, excluded.via, excluded.reason)
            then with_attempt(
                deliveries.history, deliveries.attempts, deliveries.via, deliveries.state, deliveries.reason, deliveries.updated_at
            )
            else deliveries.history
        end
    where deliveries.state in ('retry', 'resend')
    returning 1
), settled as (
    select s.channel collate "C" as channel, max(s.seq) as seq
    from outcome s where s.state <> 'retry' group by s.channel
), finished as (
    select k.channel, k.seq
    from channel_counters k join settled s on s.channel = k.channel
    where k.seq <= s.seq)sql"};

/// For the first stream. One that stopped being the first meanwhile leaves the flags alone.
inline constexpr auto kSettleEntriesText = kSettle + R"sql( and k.is_pending
        and not exists (select 1 from streams t where t.is_first and t.name <> $1)
    order by k.channel
    for update of k skip locked
)
update channel_counters k set is_pending = false
from finished f
where k.channel = f.channel and k.seq = f.seq and (select count(*) from kept) >= 0
)sql";
inline constexpr Statement kSettleEntries{
    "settle_entries", kSettleEntriesText.text, Statement::Access::kWrite};

/// For the others.
inline constexpr auto kSettleFurtherEntriesText = kSettle + R"sql(
    order by k.channel
    for update of k skip locked
)
delete from stream_channels c
using finished f
where c.stream = $1 and c.channel = f.channel and (select count(*) from kept) >= 0
)sql";
inline constexpr Statement kSettleFurtherEntries{
    "settle_further_entries", kSettleFurtherEntriesText.text, Statement::Access::kWrite};

/// $1 streams, $2 now: those that are relayed from now on. Where nothing changes, nothing is
/// written. A stream that begins does so behind what those before it settled, channel by channel;
/// where there were none, at the first entry kept. The first stays the first as long as it is
/// there, so that whoever records an event meanwhile without knowing of the change still tells it.
/// Channels without entries need nothing: whatever comes is new.
inline constexpr Statement kSetStreams{
    "set_streams",
    R"sql(
with wanted as materialized (
    select w.name collate "C" as name, w.rank from unnest($1::text[]) with ordinality as w (name, rank)
), before as materialized (
    select s.name, s.is_first from streams s where s.is_active
), chosen as materialized (
    select w.name,
        w.name = coalesce(
            (select b.name from before b join wanted v on v.name = b.name where b.is_first),
            (select v.name from wanted v where v.rank = 1)
        ) as is_first,
        not exists (select 1 from before b where b.name = w.name) as is_new
    from wanted w
), change as materialized (
    select exists (select c.name, c.is_first from chosen c except select b.name, b.is_first from before b)
        or exists (select b.name from before b except select w.name from wanted w) as is_one
), positions as materialized (
    select k.channel, k.seq as last_seq, c.name, c.is_first, c.is_new,
        coalesce((
            select d.seq from deliveries d
            where d.adapter = c.name and d.channel = k.channel and d.state <> 'retry'
            order by d.seq desc limit 1
        ), 0) as own_seq,
        case when c.is_new then (
            select coalesce(max((
                select d.seq from deliveries d
                where d.adapter = b.name and d.channel = k.channel and d.state <> 'retry'
                order by d.seq desc limit 1
            )), 0)
            from before b
        ) else 0 end as begin_seq
    from channel_counters k cross join chosen c
    where (select v.is_one from change v) and exists (select 1 from outbox o where o.channel = k.channel)
), begun as (
    insert into deliveries (adapter, channel, seq, state, attempts, reason, updated_at)
    select p.name, p.channel, p.begin_seq, 'skipped', 0, 'was there before the stream began', $2
    from positions p where p.begin_seq > p.own_seq
    on conflict (adapter, channel, seq) do update
    set state = excluded.state, reason = excluded.reason, not_before = null, updated_at = excluded.updated_at
    where deliveries.state = 'retry'
    returning 1
), ended_retries as (
    delete from deliveries d using change v
    where v.is_one and d.state = 'retry' and d.adapter not in (select w.name from wanted w)
), ended_resends as (
    update deliveries d set state = 'dead' from change v
    where v.is_one and d.state = 'resend' and d.adapter not in (select w.name from wanted w)
), flags as materialized (
    select p.channel, p.last_seq, greatest(p.own_seq, p.begin_seq) < p.last_seq as is_pending
    from positions p where p.is_first
), held as (
    select k.channel, k.seq, f.is_pending
    from channel_counters k join flags f on f.channel = k.channel
    where k.seq = f.last_seq and k.is_pending <> f.is_pending
    order by k.channel
    for update of k skip locked -- As in kSettleEntries: whoever holds it sets the flag.
), flagged as (
    update channel_counters k set is_pending = h.is_pending
    from held h
    where k.channel = h.channel and k.seq = h.seq
), unlisted as (
    delete from stream_channels s using change v
    where v.is_one and s.stream not in (select c.name from chosen c where not c.is_first)
), listed as (
    insert into stream_channels (stream, channel)
    select p.name, p.channel from positions p
    where not p.is_first and greatest(p.own_seq, p.begin_seq) < p.last_seq
    on conflict do nothing
), ended as (
    update streams s set is_active = false, is_first = false, changed_at = $2
    where s.is_active and s.name not in (select w.name from wanted w)
), kept as (
    insert into streams (name, is_active, is_first, changed_at)
    select c.name, true, c.is_first, $2 from chosen c
    on conflict (name) do update
    set is_active = true, is_first = excluded.is_first, changed_at = excluded.changed_at
    where not streams.is_active or streams.is_first <> excluded.is_first
)
select v.is_one as is_changed, (select count(*) from begun) as begun_count from change v
)sql",
    Statement::Access::kWrite};

}  // namespace orderpush::storage
