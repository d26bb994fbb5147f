#pragma once

#include "storage/database/sql_text.hpp"

namespace orderpush::storage {

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
