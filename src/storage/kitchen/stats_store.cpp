#include "core/kitchen/stats_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/kitchen/open_tickets.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 branch, $2 its kitchen's channel. The counts and the position belong together: one snapshot.
constexpr Statement kCountKitchen = joined_statement("count_kitchen", Statement::Access::kRead, [] {
    return "select " + kOpenCounts + R"sql(,
    coalesce((select k.seq from channel_counters k where k.channel = $2), 0) as kitchen_seq,
    coalesce((select s.pending from kitchen_stats s where s.branch_id = $1), 0) as told_pending,
    coalesce((select s.preparing from kitchen_stats s where s.branch_id = $1), 0) as told_preparing,
    coalesce((select s.ready from kitchen_stats s where s.branch_id = $1), 0) as told_ready
from tickets t where t.branch_id = $1 and )sql" +
           kTicketIsOpen;
});

/// $1 branch, $2 pending, $3 preparing, $4 ready, $5 position that the count knows of, $6 now, $7
/// events. The position kept is the one behind these events: if others came between, the channel is
/// further than that, and the branch is outdated again, as it should be.
constexpr Statement kTellCount = joined_statement("tell_count", Statement::Access::kWrite, [] {
    return R"sql(
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
), )sql" + kRecordEvents +
           R"sql(
select exists (select 1 from told) as was_told
where (select count(*) from queued) >= 0
)sql";
});

/// $1 after this branch or null, $2 limit. Reads all branches: once a minute.
constexpr Statement kListOutdatedCounts{
    "list_outdated_counts",
    R"sql(
select b.id
from branches b
join channel_counters k on k.channel = 'kitchen:' || b.id
left join kitchen_stats s on s.branch_id = b.id
where b.id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
    and k.seq > coalesce(s.kitchen_seq, 0)
order by b.id limit $2
)sql",
    Statement::Access::kRead};

/// What kitchens were told of their counts, in PostgreSQL. The pool must outlive it.
class SqlStatsStore final : public StatsStore {
  public:
    explicit SqlStatsStore(DbPool& pool) : pool_(pool) {}

    Result<KitchenCount> count(const BranchId& branch) override {
        return query(
            pool_,
            kCountKitchen,
            Parameters{}.add(branch).add(Channel::kitchen(branch).name()),
            [](const pqxx::result& rows) -> Result<KitchenCount> {
                const pqxx::row row = rows.at(0);
                return KitchenCount{
                    .stats = stats_of(row),
                    .kitchen_seq = row["kitchen_seq"].as<std::int64_t>(),
                    .told = {
                        .pending = row["told_pending"].as<int>(),
                        .preparing = row["told_preparing"].as<int>(),
                        .ready = row["told_ready"].as<int>()}};
            }
        );
    }

    Result<bool> tell(const ToldCount& count) override {
        Parameters parameters;
        parameters.add(count.branch)
            .add(count.stats.pending)
            .add(count.stats.preparing)
            .add(count.stats.ready)
            .add(count.kitchen_seq)
            .add(count.at)
            .add(events_json(count.events));
        return query(pool_, kTellCount, parameters, [](const pqxx::result& rows) -> Result<bool> {
            return rows.at(0)["was_told"].as<bool>();
        });
    }

    Result<std::vector<BranchId>> list_outdated(const std::optional<BranchId>& after, int limit)
        override {
        return query(
            pool_,
            kListOutdatedCounts,
            Parameters{}.add(after).add(limit),
            [](const pqxx::result& rows) -> Result<std::vector<BranchId>> {
                std::vector<BranchId> branches;
                for (const auto& row : rows) {
                    branches.push_back(id_of<BranchId>(row["id"]));
                }
                return branches;
            }
        );
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<StatsStore> make_stats_store(DbPool& pool) {
    return std::make_unique<SqlStatsStore>(pool);
}

std::span<const Statement> stats_statements() {
    static constexpr std::array kAll{kCountKitchen, kTellCount, kListOutdatedCounts};
    return kAll;
}

}  // namespace orderpush::storage
