#include "core/events/recovery_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 key, $2 what is kept, $3 until.
constexpr Statement kSaveKeptRooms{
    "save_kept_rooms",
    R"sql(
insert into kept_rooms (key, kept, expires_at) values ($1, $2, $3::timestamptz)
on conflict (key) do update set kept = excluded.kept, expires_at = excluded.expires_at
)sql",
    Statement::Access::kWrite};

/// $1 key, $2 now.
constexpr Statement kFindKeptRooms{
    "find_kept_rooms",
    R"sql(
select kept from kept_rooms where key = $1 and expires_at > $2::timestamptz
)sql",
    Statement::Access::kRead};

/// $1 keys as a JSON array, $2 until.
constexpr Statement kExtendKeptRooms{
    "extend_kept_rooms",
    R"sql(
update kept_rooms set expires_at = $2::timestamptz
where key = any (array(select json_array_elements_text($1::json)))
)sql",
    Statement::Access::kWrite};

/// $1 key.
constexpr Statement kRemoveKeptRooms{
    "remove_kept_rooms",
    R"sql(
delete from kept_rooms where key = $1
)sql",
    Statement::Access::kWrite};

/// $1 now, $2 at most.
constexpr Statement kPurgeKeptRooms{
    "purge_kept_rooms",
    R"sql(
delete from kept_rooms r
where r.ctid = any (array(
    select k.ctid from kept_rooms k
    where k.expires_at <= $1::timestamptz
    order by k.expires_at limit $2
    for update skip locked
))
returning r.key
)sql",
    Statement::Access::kWrite};

/// When the built-in server told of the entry `o`, for the first of its streams that settled it.
constexpr SqlText kToldAt{R"sql(
    select min(d.updated_at) as told_at
    from streams s join deliveries d on d.adapter = s.name
    where d.channel = o.channel and d.seq = o.seq and d.state = 'delivered'
        and 'builtin' in (d.adapter, d.via)
)sql"};

/// $1 channel, $2 seq of the entry that was heard last, $3 channels as a JSON array. A row per
/// channel, in order; none if the entry is not stored. Each channel is looked at from its end on.
/// An event's id is from before its commit: one that committed late was told of after events with
/// later ids, so the time at which entries were told of decides. Ids do, which sort by time, among
/// those that were told of together, and where a crash left the entry that was heard unsettled.
constexpr Statement kFindPositions =
    joined_statement("find_positions", Statement::Access::kRead, [] {
        return SqlText{R"sql(
select coalesce((
    select o.seq from outbox o cross join lateral ()sql"} +
               kToldAt + R"sql() told
    where o.channel = c.name and case
        when h.told_at is null then o.event_id <= h.event_id
        else (told.told_at, o.event_id) <= (h.told_at, h.event_id)
    end
    order by o.seq desc limit 1
), 0) as seq
from (
    select o.event_id, told.told_at from outbox o cross join lateral ()sql" +
               kToldAt + R"sql() told
    where o.channel = $1 and o.seq = $2
) h
cross join json_array_elements_text($3::json) with ordinality as c (name, position)
order by c.position
)sql";
    });

std::string json_of(const std::vector<std::string>& texts) {
    return nlohmann::json(texts).dump();
}

/// In PostgreSQL. The pool must outlive it.
class SqlRecoveryStore final : public RecoveryStore {
  public:
    explicit SqlRecoveryStore(DbPool& pool) : pool_(pool) {}

    Result<void> save(const std::string& key, const std::string& kept, Timestamp expires_at)
        override {
        return execute(pool_, kSaveKeptRooms, Parameters{}.add(key).add(kept).add(expires_at));
    }

    Result<std::optional<std::string>> find(const std::string& key, Timestamp now) override {
        using Found = Result<std::optional<std::string>>;
        return query(
            pool_,
            kFindKeptRooms,
            Parameters{}.add(key).add(now),
            [](const pqxx::result& rows) -> Found {
                return rows.empty() ? std::nullopt
                                    : std::optional{rows.front()["kept"].as<std::string>()};
            }
        );
    }

    Result<void> extend(const std::vector<std::string>& keys, Timestamp expires_at) override {
        return execute(pool_, kExtendKeptRooms, Parameters{}.add(json_of(keys)).add(expires_at));
    }

    Result<void> remove(const std::string& key) override {
        return execute(pool_, kRemoveKeptRooms, Parameters{}.add(key));
    }

    Result<std::size_t> purge(Timestamp now, int limit) override {
        return query(
            pool_,
            kPurgeKeptRooms,
            Parameters{}.add(now).add(limit),
            [](const pqxx::result& rows) -> Result<std::size_t> { return rows.size(); }
        );
    }

    Result<std::optional<std::vector<std::int64_t>>> positions(
        const Channel& heard, std::int64_t seq, const std::vector<Channel>& channels
    ) override {
        using Found = Result<std::optional<std::vector<std::int64_t>>>;
        std::vector<std::string> names;
        names.reserve(channels.size());
        for (const Channel& channel : channels) {
            names.push_back(channel.name());
        }
        return query(
            pool_,
            kFindPositions,
            Parameters{}.add(heard.name()).add(seq).add(json_of(names)),
            [&](const pqxx::result& rows) -> Found {
                auto found = all_of(rows, [](const pqxx::row& row) {
                    return row["seq"].as<std::int64_t>();
                });
                return found.size() == channels.size() ? std::optional{found} : std::nullopt;
            }
        );
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<RecoveryStore> make_recovery_store(DbPool& pool) {
    return std::make_unique<SqlRecoveryStore>(pool);
}

std::span<const Statement> recovery_statements() {
    static constexpr std::array kAll{
        kSaveKeptRooms,
        kFindKeptRooms,
        kExtendKeptRooms,
        kRemoveKeptRooms,
        kPurgeKeptRooms,
        kFindPositions};
    return kAll;
}

}  // namespace orderpush::storage
