#pragma once

#include "storage/database/sql_text.hpp"
#include "storage/database/statement.hpp"

namespace orderpush::storage {

/// Whoever stores, or sweeps, has it until the commit; 28784 as in kTryRelayLease. So the next sees
/// every seat there is, and positions are in the order of the commits.
inline constexpr Statement kLockWebhooks{
    "lock_webhooks",
    "select pg_advisory_xact_lock(28784, hashtext('webhooks'))",
    Statement::Access::kWrite};

/// Behind a `told` of ordinal, id, app_id, channel, name, user_id, event, data, socket_id,
/// subscribers, occurred_at: $1 now, $2 now in Unix milliseconds. Gives how many.
inline constexpr SqlText kStoreTold{R"sql(
), counted as (
    select app_id, channel, count(*) as event_count from told group by app_id, channel
), numbered as (
    insert into webhook_channels as c (app_id, channel, last_sequence, used_at)
    select app_id, channel, $2::bigint + event_count, $1::timestamptz from counted order by app_id, channel
    on conflict (app_id, channel) do update
    set last_sequence = c.last_sequence + (excluded.last_sequence - $2::bigint), used_at = excluded.used_at
    returning c.app_id, c.channel, c.last_sequence
), stored as (
    insert into webhook_events
        (id, app_id, channel, sequence, name, user_id, event, data, socket_id, subscribers, occurred_at, stored_at)
    select t.id, t.app_id, t.channel,
        n.last_sequence - count(*) over (partition by t.app_id, t.channel)
            + row_number() over (partition by t.app_id, t.channel order by t.ordinal),
        t.name, t.user_id, t.event, t.data, t.socket_id, t.subscribers, t.occurred_at, $1::timestamptz
    from told t join numbered n on n.app_id = t.app_id and n.channel = t.channel
    order by t.ordinal
    returning 1
)
)sql"};

/// $1 now, $2 now in Unix milliseconds, $3 instance, $4 events.
inline constexpr auto kRecordChannelEventsText = SqlText{R"sql(
with given as materialized (
    select g.*, g.name in ('channel_occupied', 'member_added') as is_arrival,
        g.name in ('channel_vacated', 'member_removed') as is_departure,
        case when g.name in ('member_added', 'member_removed') then g.user_id else '' end as seat
    from json_to_recordset($4::json) as g (
        ordinal integer, id uuid, app_id text, channel text, name text, user_id text, event text, data text,
        socket_id text, subscribers bigint, occurred_at timestamptz
    )
), taken as (
    insert into webhook_seats (app_id, channel, user_id, instance_id)
    select app_id, channel, seat, $3 from given where is_arrival
    on conflict do nothing
), left_seats as (
    delete from webhook_seats s using given g
    where g.is_departure and s.app_id = g.app_id and s.channel = g.channel and s.user_id = g.seat
        and s.instance_id = $3
    returning g.ordinal
), told as materialized (
    select g.* from given g
    where not g.is_arrival and not g.is_departure
        or g.is_arrival and not exists (
            select 1 from webhook_seats s
            where s.app_id = g.app_id and s.channel = g.channel and s.user_id = g.seat
        )
        or g.ordinal in (select l.ordinal from left_seats l) and not exists (
            select 1 from webhook_seats s
            where s.app_id = g.app_id and s.channel = g.channel and s.user_id = g.seat and s.instance_id <> $3
        )
)sql"} + kStoreTold + "select count(*) as event_count from stored";
inline constexpr Statement kRecordChannelEvents{
    "record_channel_events", kRecordChannelEventsText.text, Statement::Access::kWrite};

/// $1 instance, $2 now.
inline constexpr Statement kKeepWebhookInstance{
    "keep_webhook_instance",
    R"sql(
insert into webhook_instances (id, seen_at) values ($1, $2)
on conflict (id) do update set seen_at = excluded.seen_at
)sql",
    Statement::Access::kWrite};

/// $1 now, $2 now in Unix milliseconds, $3 unseen since, $4 seats at most. Members are told before
/// the channel that they leave empty.
inline constexpr auto kSweepWebhookSeatsText = SqlText{R"sql(
with due as materialized (
    select s.app_id, s.channel, s.user_id, s.instance_id
    from webhook_instances i join webhook_seats s on s.instance_id = i.id
    where i.seen_at < $3::timestamptz
    order by s.instance_id, s.app_id, s.channel, s.user_id desc
    limit $4
), gone as (
    delete from webhook_seats s using due d
    where s.app_id = d.app_id and s.channel = d.channel and s.user_id = d.user_id and s.instance_id = d.instance_id
    returning 1
), forgotten as (
    delete from webhook_instances i
    where i.seen_at < $3::timestamptz and not exists (select 1 from webhook_seats s where s.instance_id = i.id)
), left_seats as (
    select distinct d.app_id, d.channel, d.user_id from due d
    where not exists (
        select 1 from webhook_seats s
        where s.app_id = d.app_id and s.channel = d.channel and s.user_id = d.user_id
            and s.instance_id not in (
                select o.instance_id from due o
                where o.app_id = d.app_id and o.channel = d.channel and o.user_id = d.user_id
            )
    )
), told as materialized (
    select row_number() over (order by l.app_id, l.channel, l.user_id desc) as ordinal, gen_random_uuid() as id,
        l.app_id, l.channel, case when l.user_id = '' then 'channel_vacated' else 'member_removed' end as name,
        nullif(l.user_id, '') as user_id, null::text as event, null::text as data, null::text as socket_id,
        null::bigint as subscribers, $1::timestamptz as occurred_at
    from left_seats l
)sql"} + kStoreTold +
                                               "select (select count(*) from gone) as seat_count, "
                                               "(select count(*) from stored) as event_count";
inline constexpr Statement kSweepWebhookSeats{
    "sweep_webhook_seats", kSweepWebhookSeatsText.text, Statement::Access::kWrite};

/// $1 endpoints, $2 now. One that is new, or back, begins behind what was stored so far.
inline constexpr Statement kSetWebhookEndpoints{
    "set_webhook_endpoints",
    R"sql(
with given as materialized (
    select * from json_to_recordset($1::json) as g (id uuid, app_id text, target text)
), ended as (
    update webhook_endpoints p set is_active = false
    where p.is_active and p.restaurant_id is null
        and not exists (select 1 from given g where g.app_id = p.app_id and g.target = p.target)
)
insert into webhook_endpoints as p (id, app_id, target, is_active, position, created_at)
select g.id, g.app_id, g.target, true,
    coalesce((select max(e.position) from webhook_events e where e.app_id = g.app_id), 0), $2
from given g
on conflict (app_id, target) do update
set is_active = true, position = greatest(p.position, excluded.position), disabled_reason = null, disabled_at = null,
    failures = 0, failing_since = null, not_before = null
where not p.is_active
)sql",
    Statement::Access::kWrite};

inline constexpr SqlText kWebhookEndpointColumns{R"sql(
p.id, case when p.restaurant_id is null then p.app_id else '' end as app_id, p.restaurant_id,
coalesce(p.sealed_secret, '') as sealed_secret, p.target, p.disabled_reason, unix_ms(p.disabled_at) as disabled_at, p.failures,
unix_ms(p.failing_since) as failing_since, unix_ms(p.last_success_at) as last_success_at, p.position
)sql"};
/// Behind them: what is not counted while sending.
inline constexpr SqlText kWebhooksPending{R"sql(,
    (select count(*) from outgoing_webhooks w where w.endpoint_id = p.id and w.state = 'pending') as pending_count
)sql"};

/// $1 reader or null.
inline constexpr auto kListWebhookEndpointsText =
    "select " + kWebhookEndpointColumns + kWebhooksPending + R"sql(
from webhook_endpoints p
where p.is_active and ($1::uuid is null or p.restaurant_id is null or p.restaurant_id = $1)
order by p.app_id, p.target
)sql";
inline constexpr Statement kListWebhookEndpoints{
    "list_webhook_endpoints", kListWebhookEndpointsText.text, Statement::Access::kRead};

/// $1 endpoint, $2 reader or null.
inline constexpr auto kEnableWebhookEndpointText = R"sql(
update webhook_endpoints p
set disabled_reason = null, disabled_at = null, failures = 0, failing_since = null, not_before = null
where p.id = $1 and p.is_active and ($2::uuid is null or p.restaurant_id is null or p.restaurant_id = $2)
returning )sql" + kWebhookEndpointColumns + kWebhooksPending;
inline constexpr Statement kEnableWebhookEndpoint{
    "enable_webhook_endpoint", kEnableWebhookEndpointText.text, Statement::Access::kWrite};

/// $1 owner, $2 now, $3 events stored by then, $4 leased until. Whoever waited longest comes first.
inline constexpr auto kClaimWebhookEndpointText = SqlText{R"sql(
with chosen as (
    select c.id from webhook_endpoints c
    where c.is_active and c.disabled_reason is null
        and (c.not_before is null or c.not_before <= $2::timestamptz)
        and (c.leased_until is null or c.leased_until <= $2::timestamptz)
        and (
            exists (
                select 1 from outgoing_webhooks w
                where w.endpoint_id = c.id and w.state = 'pending' and w.expires_at > $2::timestamptz
                    and (not w.is_late or w.not_before <= $2::timestamptz)
            )
            or exists (
                select 1 from webhook_events e
                where e.app_id = c.app_id and e.position > c.position and e.stored_at <= $3::timestamptz
            )
        )
    order by c.leased_until nulls first, c.id
    limit 1
    for update skip locked
)
update webhook_endpoints p set lease_owner = $1, leased_until = $4
from chosen where p.id = chosen.id
returning )sql"} + kWebhookEndpointColumns + ", 0 as pending_count";
inline constexpr Statement kClaimWebhookEndpoint{
    "claim_webhook_endpoint", kClaimWebhookEndpointText.text, Statement::Access::kWrite};

/// $1 endpoint, $2 owner, $3 now.
inline constexpr Statement kReleaseWebhookEndpoint{
    "release_webhook_endpoint",
    "update webhook_endpoints set lease_owner = null, leased_until = $3 where id = $1 and "
    "lease_owner = $2",
    Statement::Access::kWrite};

/// $1 endpoint, $2 now.
inline constexpr Statement kListPendingWebhooks{
    "list_pending_webhooks",
    R"sql(
select w.id, w.body, w.attempts, w.is_late
from outgoing_webhooks w
where w.endpoint_id = $1 and w.state = 'pending' and w.expires_at > $2::timestamptz
    and (not w.is_late or w.not_before <= $2::timestamptz)
order by w.number
limit 2
)sql",
    Statement::Access::kRead};

/// $1 app, $2 behind this position, $3 at most.
inline constexpr Statement kReadWebhookEvents{
    "read_webhook_events",
    R"sql(
select e.position, e.id, e.app_id, e.channel, e.sequence, e.name, e.user_id, e.event, e.data, e.socket_id,
    e.subscribers, unix_ms(e.occurred_at) as occurred_at
from webhook_events e where e.app_id = $1 and e.position > $2
order by e.position limit $3
)sql",
    Statement::Access::kRead};

/// $1 endpoint, $2 from, $3 to, $4 webhook or null, $5 body, $6 events, $7 now, $8 expires at. No
/// row: the position is another.
inline constexpr Statement kAdvanceWebhookEndpoint{
    "advance_webhook_endpoint",
    R"sql(
with moved as (
    update webhook_endpoints set position = $3 where id = $1 and position = $2 returning id
), made as (
    insert into outgoing_webhooks (id, endpoint_id, body, event_count, state, created_at, expires_at)
    select $4::uuid, m.id, $5, $6::integer, 'pending', $7::timestamptz, $8::timestamptz
    from moved m where $4::uuid is not null
)
select id from moved
)sql",
    Statement::Access::kWrite};

/// $1 webhook, $2 endpoint, $3 attempt, $4 at, $5 milliseconds, $6 status or null, $7 reason, $8
/// answer, $9 delivered, $10 late, $11 not before or null, $12 overtaken or null, and of the
/// endpoint $13 failures, $14 failing since or null, $15 not before or null, $16 disabled reason or
/// null, $17 now.
inline constexpr Statement kSettleWebhook{
    "settle_webhook",
    R"sql(
with attempted as (
    insert into webhook_attempts (webhook_id, attempt, at, duration_ms, status, reason, answer)
    values ($1, $3, $4, $5, $6, $7, $8)
    on conflict do nothing
), settled as (
    update outgoing_webhooks
    set attempts = greatest(attempts, $3), state = case when $9::boolean then 'delivered' else state end,
        is_late = is_late or $10::boolean, not_before = $11,
        settled_at = case when $9::boolean then $17::timestamptz end
    where id = $1 and state = 'pending'
), overtaken as (
    update outgoing_webhooks set is_late = true, not_before = $17 where id = $12 and id <> $1 and state = 'pending'
)
update webhook_endpoints
set failures = $13, failing_since = $14, not_before = $15,
    last_success_at = case when $9::boolean then $17::timestamptz else last_success_at end,
    disabled_reason = $16, disabled_at = case when $16::text is not null then $17::timestamptz end
where id = $2
)sql",
    Statement::Access::kWrite};

/// $1 state or null, $2 endpoint or null, $3 before this one or null, $4 at most, $5 reader or
/// null.
inline constexpr Statement kListOutgoingWebhooks{
    "list_outgoing_webhooks",
    R"sql(
select w.id, w.endpoint_id, case when p.restaurant_id is null then p.app_id else '' end as app_id, w.state, w.event_count, w.attempts, unix_ms(w.created_at) as created_at,
    unix_ms(case when w.state = 'pending' then coalesce(w.not_before, p.not_before) end) as not_before,
    unix_ms(w.settled_at) as settled_at,
    coalesce((
        select json_agg(json_build_object(
            'attempt', a.attempt, 'at', unix_ms(a.at), 'duration_ms', a.duration_ms, 'status', a.status,
            'reason', a.reason, 'answer', a.answer
        ) order by a.attempt)
        from (
            select * from webhook_attempts o where o.webhook_id = w.id order by o.attempt desc limit 20
        ) a
    ), '[]') as history
from outgoing_webhooks w join webhook_endpoints p on p.id = w.endpoint_id
where ($1::text is null or w.state = $1) and ($2::uuid is null or w.endpoint_id = $2)
    and ($3::uuid is null or w.id < $3)
    and ($5::uuid is null or p.restaurant_id is null or p.restaurant_id = $5)
order by w.id desc
limit $4
)sql",
    Statement::Access::kRead};

/// $1 webhook, $2 now, $3 expires at, $4 reader or null. `is_active`: whether its endpoint is; only
/// then something is written.
inline constexpr Statement kReplayWebhook{
    "replay_webhook",
    R"sql(
with found as materialized (
    select w.id, p.is_active from outgoing_webhooks w join webhook_endpoints p on p.id = w.endpoint_id
    where w.id = $1 and ($4::uuid is null or p.restaurant_id is null or p.restaurant_id = $4)
), changed as (
    update outgoing_webhooks w
    set state = 'pending', is_late = true, not_before = $2, expires_at = $3, settled_at = null
    from found f where w.id = f.id and f.is_active
    returning 1
)
select f.is_active from found f where (select count(*) from changed) >= 0
)sql",
    Statement::Access::kWrite};

/// $1 id, $2 restaurant, $3 address, $4 sealed secret, $5 whether it replaces the one that is kept,
/// $6 now. Its own id stands for the application, so that no two meet at the addresses' key.
inline constexpr auto kPutRestaurantWebhookText = SqlText{R"sql(
insert into webhook_endpoints as p (id, app_id, restaurant_id, target, sealed_secret, is_active, position, created_at)
values ($1, $2::uuid::text, $2, $3, $4, true, 0, $6)
on conflict (restaurant_id) do update
set target = excluded.target, is_active = true, disabled_reason = null, disabled_at = null, failures = 0,
    failing_since = null, not_before = null,
    sealed_secret = case when $5::boolean then excluded.sealed_secret else coalesce(p.sealed_secret, excluded.sealed_secret) end
returning )sql"} + kWebhookEndpointColumns + kWebhooksPending;
inline constexpr Statement kPutRestaurantWebhook{
    "put_restaurant_webhook", kPutRestaurantWebhookText.text, Statement::Access::kWrite};

/// $1 restaurant.
inline constexpr auto kFindRestaurantWebhookText =
    "select " + kWebhookEndpointColumns + kWebhooksPending +
    " from webhook_endpoints p where p.restaurant_id = $1 and p.is_active";
inline constexpr Statement kFindRestaurantWebhook{
    "find_restaurant_webhook", kFindRestaurantWebhookText.text, Statement::Access::kRead};

/// $1 restaurant, $2 now. No row: there is none.
inline constexpr Statement kRemoveRestaurantWebhook{
    "remove_restaurant_webhook",
    R"sql(
with removed as (
    update webhook_endpoints p set is_active = false, sealed_secret = null
    where p.restaurant_id = $1 and p.is_active
    returning p.id
), withdrawn as (
    update outgoing_webhooks w set state = 'expired', settled_at = $2
    from removed r where w.endpoint_id = r.id and w.state = 'pending'
    returning 1
)
select r.id from removed r where (select count(*) from withdrawn) >= 0
)sql",
    Statement::Access::kWrite};

/// $1 now, $2 at most.
inline constexpr Statement kExpireWebhooks{
    "expire_webhooks",
    R"sql(
with due as (
    select w.id from outgoing_webhooks w
    where w.state = 'pending' and w.expires_at <= $1::timestamptz
    limit $2 for update skip locked
)
update outgoing_webhooks w set state = 'expired', settled_at = $1 from due where w.id = due.id
)sql",
    Statement::Access::kWrite};

/// $1 stored before this go in any case, $2 at most per app. Events that every endpoint of the app
/// is past go at once.
inline constexpr Statement kPurgeWebhookEvents{
    "purge_webhook_events",
    R"sql(
with apps as materialized (
    select p.app_id, min(p.position) filter (where p.is_active) as passed from webhook_endpoints p group by p.app_id
), due as materialized (
    select f.app_id, f.position, coalesce(f.position > a.passed, false) as is_lost
    from apps a cross join lateral (
        select e.app_id, e.position, e.stored_at from webhook_events e
        where e.app_id = a.app_id order by e.position limit $2
    ) f
    where a.passed is null or f.position <= a.passed or f.stored_at < $1::timestamptz
), removed as (
    delete from webhook_events e using due d where e.app_id = d.app_id and e.position = d.position
    returning d.is_lost
)
select count(*) filter (where is_lost) as lost_count from removed
)sql",
    Statement::Access::kWrite};

/// $1 made before this, $2 at most per endpoint.
inline constexpr Statement kPurgeOutgoingWebhooks{
    "purge_outgoing_webhooks",
    R"sql(
with due as materialized (
    select f.id from webhook_endpoints p cross join lateral (
        select w.id from outgoing_webhooks w
        where w.endpoint_id = p.id and w.created_at < $1::timestamptz and w.state <> 'pending'
        order by w.created_at limit $2
    ) f
)
delete from outgoing_webhooks w using due where w.id = due.id
)sql",
    Statement::Access::kWrite};

/// $1 last used before this, $2 at most.
inline constexpr Statement kPurgeWebhookChannels{
    "purge_webhook_channels",
    R"sql(
with due as materialized (
    select c.app_id, c.channel from webhook_channels c
    where c.used_at < $1::timestamptz
        and not exists (select 1 from webhook_seats s where s.app_id = c.app_id and s.channel = c.channel)
    order by c.used_at limit $2
    for update skip locked
)
delete from webhook_channels c using due d where c.app_id = d.app_id and c.channel = d.channel
)sql",
    Statement::Access::kWrite};

}  // namespace orderpush::storage
