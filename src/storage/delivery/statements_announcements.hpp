#pragma once

#include "storage/database/record_events.hpp"
#include "storage/database/statement.hpp"

namespace orderpush::storage {

/// $1 event, $2 name, $3 payload, $4 occurred at, $5 words of audiences, $6 branches at most.
/// Branches are active if their kitchen's channel has an entry. Without any nothing is written.
inline constexpr auto kAnnounceText = R"sql(
with active as materialized (
    select split_part(k.channel, ':', 2) as branch
    from channel_counters k
    where k.channel > 'kitchen:' and k.channel < 'kitchen;'
        and exists (select 1 from outbox o where o.channel = k.channel)
    order by k.channel
    limit $6
), recorded as (
    select 1 as position, $1::uuid as id, $2::text as name, $3::text as payload, $4::timestamptz as occurred_at,
        (
            select json_agg(w.word || ':' || a.branch)
            from active a cross join unnest($5::text[]) as w (word)
        ) as channels
    where exists (select 1 from active)
), written as (
    select 1 from recorded
), )sql" + kRecordEvents + R"sql(
select count(*) as channel_count from queued
)sql";
inline constexpr Statement kAnnounce{"announce", kAnnounceText.text, Statement::Access::kWrite};

}  // namespace orderpush::storage
