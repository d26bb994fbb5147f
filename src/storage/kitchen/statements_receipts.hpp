#pragma once

#include "storage/database/statement.hpp"

namespace orderpush::storage {

/// $1 events, each once, $2 device, $3 staff or null, $4 whether seen, $5 now, $6 restaurant, $7
/// branch or null, $8 audiences of a branch, $9 a channel of the reporter's own or null. Rows are
/// locked in the order of their events, so that two reports of one device do not deadlock.
inline constexpr Statement kRecordReceipts{
    "record_receipts",
    R"sql(
with heard as materialized (
    select (a.word || ':' || b.id::text) collate "C" as channel
    from branches b cross join unnest($8::text[]) as a (word)
    where b.restaurant_id = $6 and ($7::uuid is null or b.id = $7)
    union all
    select $9::text collate "C" where $9::text is not null
), accepted as materialized (
    select e.id, e.payload ->> 'orderId' is not null as is_of_order, coalesce(e.written_at, e.occurred_at) as written_at,
        bool_or(o.channel like 'kitchen:%') as is_kitchen,
        (array_agg(split_part(o.channel, ':', 2)::uuid) filter (where o.channel like 'kitchen:%'))[1] as kitchen
    from unnest($1::uuid[]) as g (id)
    join events e on e.id = g.id
    join outbox o on o.event_id = e.id
    where o.channel in (select h.channel from heard h)
    group by e.id
), sighted as (
    -- To the minute, so that not every report writes the row that all of the branch would wait for.
    insert into kitchen_sightings as k (branch_id, seen_at)
    select distinct a.kitchen, $5::timestamptz
    from accepted a
    where $4::boolean and a.kitchen is not null and not exists (
        select 1 from kitchen_sightings o
        where o.branch_id = a.kitchen and o.seen_at >= $5::timestamptz - interval '1 minute'
    )
    order by 1
    on conflict (branch_id) do update set seen_at = greatest(k.seen_at, excluded.seen_at)
), kept as (
    insert into receipts as r (event_id, device_id, staff_id, is_kitchen, received_at, seen_at)
    select a.id, $2, $3, a.is_kitchen, $5, case when $4::boolean then $5::timestamptz end
    from accepted a
    order by a.id
    on conflict (event_id, device_id) do update
    set seen_at = coalesce(r.seen_at, excluded.seen_at), staff_id = coalesce(r.staff_id, excluded.staff_id),
        is_kitchen = r.is_kitchen or excluded.is_kitchen
    where (r.seen_at is null and excluded.seen_at is not null) or (excluded.is_kitchen and not r.is_kitchen)
    returning r.event_id
)
select (select count(*) from accepted) as recorded_count,
    (
        select string_agg(
            greatest(floor(extract(epoch from $5::timestamptz - a.written_at) * 1000), 0)::bigint::text, ',' order by a.id
        )
        from kept k join accepted a on a.id = k.event_id
        where a.is_of_order
    ) as delays
)sql",
    Statement::Access::kWrite};

/// $1 order, $2 its channel, $3 its session's channel, $4 events, $5 attempts, $6 receipts at most.
/// One row of JSON lists; times in Unix milliseconds.
inline constexpr Statement kTraceOrder{
    "trace_order",
    R"sql(
with told as materialized (
    select t.id, t.name, t.payload, t.occurred_at, t.written_at
    from (
        -- Two reads along the primary key of the outbox; the session's channel has other orders' events too.
        select o.event_id from outbox o where o.channel = $2
        union
        select o.event_id from outbox o join events e on e.id = o.event_id
        where o.channel = $3 and e.payload ->> 'orderId' = $1::uuid::text
    ) of_order
    join events t on t.id = of_order.event_id
    order by t.id
    limit $4
), entries as materialized (
    select o.event_id, o.channel, o.seq from told t join outbox o on o.event_id = t.id
), handed as materialized (
    select n.event_id, n.channel, n.seq, d.adapter, d.history, d.attempts, d.via, d.state, d.reason, d.updated_at
    from entries n
    cross join streams s
    join deliveries d on d.adapter = s.name and d.channel = n.channel and d.seq = n.seq
), attempts as materialized (
    select h.event_id, h.channel, h.seq, h.adapter, h.attempts as attempt, h.via, h.state, h.reason, unix_ms(h.updated_at) as at
    from handed h
    union all
    select h.event_id, h.channel, h.seq, h.adapter, p.attempt, p.via, p.state, p.reason, p.at
    from handed h cross join lateral jsonb_to_recordset(h.history) as p (attempt integer, via text, state text, reason text, at bigint)
    order by at, event_id, channel, attempt
    limit $5
), reported as materialized (
    select r.event_id, r.device_id, r.staff_id, unix_ms(r.received_at) as received_at, unix_ms(r.seen_at) as seen_at
    from told t join receipts r on r.event_id = t.id
    order by r.received_at, r.event_id, r.device_id
    limit $6
)
select
    (
        select json_agg(json_build_object(
            'id', t.id, 'name', t.name, 'payload', t.payload, 'occurredAt', unix_ms(t.occurred_at),
            'writtenAt', unix_ms(greatest(t.written_at, t.occurred_at))
        ) order by t.id) from told t
    ) as events,
    (select json_agg(to_json(a) order by a.at, a.event_id, a.channel, a.attempt) from attempts a) as attempts,
    (select json_agg(to_json(r) order by r.received_at, r.event_id, r.device_id) from reported r) as receipts,
    (
        select json_agg(json_build_object(
            'cause', u.cause, 'step', u.step, 'raisedAt', unix_ms(u.raised_at), 'clearedAt', unix_ms(u.cleared_at)
        ) order by u.raised_at, u.cause, u.step) from unattended_alarms u where u.order_id = $1::uuid
    ) as alarms
)sql",
    Statement::Access::kRead};

}  // namespace orderpush::storage
