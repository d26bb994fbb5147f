#include "storage/kitchen/pg_stats_store.hpp"

#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

Result<KitchenCount> PgStatsStore::count(const BranchId& branch) {
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

Result<bool> PgStatsStore::tell(const ToldCount& count) {
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

Result<std::vector<BranchId>> PgStatsStore::list_outdated(
    const std::optional<BranchId>& after, int limit
) {
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

}  // namespace orderpush::storage
