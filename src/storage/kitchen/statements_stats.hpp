#pragma once

#include "storage/database/record_events.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/statement.hpp"
#include "storage/kitchen/statements_kitchen.hpp"

namespace orderpush::storage {

/// $1 branch, $2 its kitchen's channel. The counts and the position belong together: one snapshot.
inline constexpr auto kCountKitchenText = "select " + kOpenCounts + R"sql(,
    coalesce((select k.seq from channel_counters k where k.channel = $2), 0) as kitchen_seq,
    coalesce((select s.pending from kitchen_stats s where s.branch_id = $1), 0) as told_pending,
    coalesce((select s.preparing from kitchen_stats s where s.branch_id = $1), 0) as told_preparing,
    coalesce((select s.ready from kitchen_stats s where s.branch_id = $1), 0) as told_ready
from tickets t where t.branch_id = $1 and )sql" +
                                          kTicketIsOpen;
inline constexpr Statement kCountKitchen{
    "count_kitchen", kCountKitchenText.text, Statement::Access::kRead};

/// $1 branch, $2 pending, $3 preparing, $4 ready, $5 position that the count knows of, $6 now, $7
/// events. The position kept is the one behind these events: if others came between, the channel is
/// further than that, and the branch is outdated again, as it should be.
inline constexpr auto kTellCountText =
    R"sql(
with told as (
    insert into kitchen_stats as s (branch_id, pending, preparing, ready, kitchen_seq, published_at)
    values ($1, $2, $3, $4, $5::bigint + json_array_length($7), $6)
    on conflict (branch_id) do update
    set pending = excluded.pending, preparing = excluded.preparing, ready = excluded.ready,
        kitchen_seq = excluded.kitchen_seq, published_at = excluded.published_at
    where s.kitchen_seq < $5::bigint
    returning 1
), written as (
    select 1 from told
), recorded as (
    select e.position, e.id, e.name, e.payload, e.occurred_at, e.channels
    from told cross join json_to_recordset($7) as e )sql" +
    kEventColumns + R"sql(
), )sql" +
    kRecordEvents + R"sql(
select exists (select 1 from told) as was_told
where (select count(*) from queued) >= 0
)sql";
inline constexpr Statement kTellCount{"tell_count", kTellCountText.text, Statement::Access::kWrite};

/// $1 after this branch or null, $2 limit. Reads all branches: once a minute.
inline constexpr Statement kListOutdatedCounts{
    "list_outdated_counts",
    R"sql(
select b.id
from branches b
join channel_counters k on k.channel = 'kitchen:' || b.id
left join kitchen_stats s on s.branch_id = b.id
where b.id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000') and k.seq > coalesce(s.kitchen_seq, 0)
order by b.id limit $2
)sql",
    Statement::Access::kRead};

}  // namespace orderpush::storage
