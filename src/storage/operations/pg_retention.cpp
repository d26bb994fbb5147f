#include "storage/operations/pg_retention.hpp"

#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {
namespace {

/// The id before those of version 7 that were made at `time`: 48 bits of Unix milliseconds come
/// first (RFC 9562, section 5.7).
EventId id_before(Timestamp time) {
    EventId id;
    auto rest = static_cast<std::uint64_t>(time.time_since_epoch().count());
    for (std::size_t i = 6; i-- > 0;) {
        id.value.bytes[i] = static_cast<std::uint8_t>(rest & 0xFFU);
        rest >>= 8U;
    }
    return id;
}

Error purge_elsewhere() {
    return {
        .kind = ErrorKind::kConflict,
        .code = "purge_elsewhere",
        .message = "Another instance removes old events."};
}

}  // namespace

Result<PurgedBatch> PgRetention::purge_events(const EventPurge& purge) {
    Parameters parameters;
    parameters.add(purge.settled_before)
        .add(purge.all_before)
        .add(text_array(purge.adapters))
        .add(purge.after.value_or(EventId{}))
        .add(id_before(purge.settled_before))
        .add(purge.limit);
    using Purged = Result<PurgedBatch>;
    return query(pool_, kPurgeEvents, parameters, [](const pqxx::result& rows) -> Purged {
        const pqxx::row row = rows.front();
        if (!row["is_mine"].as<bool>()) {
            return purge_elsewhere();
        }
        return PurgedBatch{
            .last = optional_id_of<EventId>(row["last_id"]),
            .entry_count = row["entry_count"].as<std::size_t>(),
            .event_count = row["event_count"].as<std::size_t>()};
    });
}

Result<std::size_t> PgRetention::purge_idempotency_keys(Timestamp made_until, int limit) {
    const auto removed =
        ORDERPUSH_TRY(pool_.run(kPurgeIdempotencyKeys, Parameters{}.add(made_until).add(limit)));
    return removed.affected_rows();
}

}  // namespace orderpush::storage
