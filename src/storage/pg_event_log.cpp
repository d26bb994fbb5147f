#include "storage/pg_event_log.hpp"

#include "storage/query.hpp"
#include "storage/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

Result<ChannelHistory> PgEventLog::read(const Channel& channel, std::int64_t after, int limit) {
    Parameters parameters;
    parameters.add(channel.name()).add(after).add(limit);
    using Found = Result<ChannelHistory>;
    return query(pool_, kReadChannel, parameters, [&](const pqxx::result& rows) -> Found {
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
    });
}

}  // namespace orderpush::storage
