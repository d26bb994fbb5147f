#pragma once

#include "storage/database/sql_text.hpp"

namespace orderpush::storage {

/// The tail of every writing statement: records its events. Goes behind these common table
/// expressions of the statement:
/// - recorded(position integer, id uuid, name text, payload text, occurred_at timestamptz, channels
/// json): the events;
/// - written: one row per row written before, so that all else is done when the counters get
/// locked.
///
/// Defines `queued`, one row per outbox row; the final query must count it, which is what drives
/// the tail. Counters are locked in name order (no deadlock between writers) and last (they are
/// held until the commit is on disk, and every other writer of the branch waits for them).
inline constexpr SqlText kRecordEvents{R"sql(
kept_events as (
    insert into events (id, name, payload, occurred_at)
    select r.id, r.name, r.payload::json, r.occurred_at from recorded r
    returning 1
), addressed as (
    select r.position, r.id as event_id, c.channel
    from recorded r cross join lateral json_array_elements_text(r.channels) as c (channel)
), counted as (
    insert into channel_counters as k (channel, seq, is_pending)
    select a.channel, count(*), true
    from addressed a
    where (select count(*) from written) >= 0 and (select count(*) from kept_events) >= 0
    group by a.channel
    order by a.channel collate "C"
    on conflict (channel) do update set seq = k.seq + excluded.seq, is_pending = true
    returning k.channel, k.seq
), queued as (
    insert into outbox (channel, seq, event_id)
    select
        a.channel,
        c.seq - count(*) over (partition by a.channel)
            + row_number() over (partition by a.channel order by a.position),
        a.event_id
    from addressed a join counted c on c.channel = a.channel
    returning 1
), flagged as (
    -- For the streams that is_pending does not tell of. The counters' locks order it.
    insert into stream_channels (stream, channel)
    select s.name, c.channel from streams s cross join counted c
    where s.is_active and not s.is_first
    on conflict do nothing
)
)sql"};

/// The column definitions of `recorded` as json_to_recordset reads them; see events_json().
inline constexpr SqlText kEventColumns{
    "(position integer, id uuid, name text, payload text, occurred_at timestamptz, channels json)"};

/// Keeps the answer of what creates, with what it creates. Goes behind these common table
/// expressions of the statement:
/// - guard(restaurant_id, key, request_hash, status, body, created_at, lapsed_until):
/// kGuardColumns, from kept_answer_json();
/// - allowed: has a row exactly if the statement writes.
///
/// Defines `kept_key`; the statement must count it. A live key fails on idempotency_keys_pkey,
/// which undoes everything.
inline constexpr SqlText kKeepAnswer{R"sql(
lapsed_key as (
    delete from idempotency_keys k using guard g
    where k.restaurant_id = g.restaurant_id and k.key = g.key and k.created_at <= g.lapsed_until
    returning 1
), kept_key as (
    insert into idempotency_keys (restaurant_id, key, request_hash, status, body, created_at)
    select g.restaurant_id, g.key, g.request_hash, g.status, g.body, g.created_at
    from guard g
    where exists (select 1 from allowed) and (select count(*) from lapsed_key) >= 0
    returning 1
)
)sql"};

/// The column definitions of `guard` as json_to_recordset reads them.
inline constexpr SqlText kGuardColumns{
    "(restaurant_id uuid, key text, request_hash text, status integer, body text, created_at "
    "timestamptz, lapsed_until timestamptz)"};

/// Writes the audit entries of a statement, if it did what they tell of. Goes behind these common
/// table expressions of the statement:
/// - audit: kAuditColumns, from audit_json();
/// - done: has a row exactly if the statement wrote.
///
/// Defines `audited`, which need not be counted. A branch that the statement itself makes is not
/// found: its first entry has the day in UTC.
inline constexpr SqlText kRecordAudit{R"sql(
audited as (
    insert into audit_entries (id, restaurant_id, branch_id, business_day, occurred_at, actor_kind,
        actor_id, actor_name, action, subject_kind, subject_id, before, after, request_id)
    select
        a.id, a.restaurant_id, a.branch_id,
        (a.occurred_at at time zone coalesce(b.time_zone, 'UTC'))::date,
        a.occurred_at, a.actor_kind, a.actor_id, a.actor_name, a.action, a.subject_kind,
        a.subject_id, a.before, a.after, a.request_id
    from audit a left join branches b on b.id = a.branch_id
    where exists (select 1 from done)
    returning 1
)
)sql"};

/// The column definitions of `audit` as json_to_recordset reads them.
inline constexpr SqlText kAuditColumns{
    "(id uuid, restaurant_id uuid, branch_id uuid, occurred_at timestamptz, actor_kind text, "
    "actor_id uuid, actor_name text, action text, subject_kind text, subject_id uuid, before "
    "jsonb, after jsonb, request_id text)"};

}  // namespace orderpush::storage
