#include "core/events/event_log.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/events/event_rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 channel, $2 after this seq, $3 at most. The epoch and where the channel stands, beside each
/// of the entries; one row without an entry if there is none. Neither a position nor an entry: the
/// channel never had one.
constexpr Statement kReadChannel{
    "read_channel",
    R"sql(
select e.epoch, coalesce(k.seq, 0) as last_seq,
    coalesce((select o.seq from outbox o where o.channel = k.channel order by o.seq limit 1),
        coalesce(k.seq, 0) + 1) as oldest_seq,
    p.seq, p.id, p.name, p.payload, p.occurred_at
from log_epoch e
left join channel_counters k on k.channel = $1
left join lateral (
    select o.seq, e.id, e.name, e.payload::text as payload, unix_ms(e.occurred_at) as occurred_at
    from outbox o join events e on e.id = o.event_id
    where o.channel = k.channel and o.seq > $2
    order by o.seq limit $3
) p on true
order by p.seq
)sql",
    Statement::Access::kRead};

/// Every row names the epoch and the channel's bounds; one without an entry stands for an empty
/// page.
ChannelHistory history_of(const pqxx::result& rows, const Channel& channel) {
    ChannelHistory history;
    history.entries.reserve(rows.size());
    for (const auto& row : rows) {
        history.epoch = id_of<EpochId>(row["epoch"]);
        history.last_seq = row["last_seq"].as<std::int64_t>();
        history.oldest_seq = row["oldest_seq"].as<std::int64_t>();
        if (!row["seq"].is_null()) {
            history.entries.push_back(entry_of(row, channel));
        }
    }
    return history;
}

/// The outbox as a log, in PostgreSQL. The pool must outlive it.
class SqlEventLog final : public EventLog {
  public:
    explicit SqlEventLog(DbPool& pool) : pool_(pool) {}

    Result<ChannelHistory> read(const Channel& channel, std::int64_t after, int limit) override {
        Parameters parameters;
        parameters.add(channel.name()).add(after).add(limit);
        return query(
            pool_,
            kReadChannel,
            parameters,
            [&](const pqxx::result& rows) -> Result<ChannelHistory> {
                if (rows.empty()) {
                    return database_unavailable("the logs have no epoch");
                }
                return history_of(rows, channel);
            }
        );
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<EventLog> make_event_log(DbPool& pool) {
    return std::make_unique<SqlEventLog>(pool);
}

std::span<const Statement> event_log_statements() {
    static constexpr std::array kAll{kReadChannel};
    return kAll;
}

}  // namespace orderpush::storage
