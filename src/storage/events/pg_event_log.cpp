#include "storage/events/pg_event_log.hpp"

#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {
namespace {

/// Every row names the channel's bounds; one without an entry stands for an empty page.
ChannelHistory history_of(const pqxx::result& rows, const Channel& channel) {
    ChannelHistory history;
    history.entries.reserve(rows.size());
    for (const auto& row : rows) {
        history.last_seq = row["last_seq"].as<std::int64_t>();
        history.oldest_seq = row["oldest_seq"].as<std::int64_t>();
        if (!row["seq"].is_null()) {
            history.entries.push_back(entry_of(row, channel));
        }
    }
    return history;
}

}  // namespace

Result<ChannelHistory> PgEventLog::read(const Channel& channel, std::int64_t after, int limit) {
    Parameters parameters;
    parameters.add(channel.name()).add(after).add(limit);
    return query(
        pool_,
        kReadChannel,
        parameters,
        [&](const pqxx::result& rows) -> Result<ChannelHistory> {
            return history_of(rows, channel);
        }
    );
}

}  // namespace orderpush::storage
