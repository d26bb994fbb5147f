#pragma once

#include "storage/database/statement.hpp"

namespace orderpush::storage {

/// $1 channel, $2 after this seq, $3 at most. Where the channel stands, beside each of the entries;
/// one row without an entry if there is none. No row: the channel never had an entry.
inline constexpr Statement kReadChannel{
    "read_channel",
    R"sql(
select k.seq as last_seq,
    coalesce((select o.seq from outbox o where o.channel = k.channel order by o.seq limit 1), k.seq + 1) as oldest_seq,
    p.seq, p.id, p.name, p.payload, p.occurred_at
from channel_counters k
left join lateral (
    select o.seq, e.id, e.name, e.payload::text as payload, unix_ms(e.occurred_at) as occurred_at
    from outbox o join events e on e.id = o.event_id
    where o.channel = k.channel and o.seq > $2
    order by o.seq limit $3
) p on true
where k.channel = $1
order by p.seq
)sql",
    Statement::Access::kRead};

}  // namespace orderpush::storage
