#include "core/cluster/instance_registry.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>
#include <cstdint>

namespace orderpush::storage {
namespace {

/// $1 instance, $2 whether it shares its broadcasts, $3 milliseconds of silence that count as
/// death. One row at least. The dead are forgotten after an hour.
constexpr Statement kBeat{
    "beat",
    R"sql(
with before as materialized (
    select i.id, i.is_sharing, i.seen_at > now() - $3::bigint * interval '1 millisecond' as is_alive
    from instances i
), own as (
    insert into instances (id, is_sharing, started_at, seen_at) values ($1, $2, now(), now())
    on conflict (id) do update set is_sharing = excluded.is_sharing, seen_at = excluded.seen_at
), forgotten as (
    delete from instances i
    where i.ctid = any (array(
        select o.ctid from instances o
        where o.seen_at < now() - interval '1 hour' and o.id <> $1
        for update skip locked
    ))
)
select not exists (select 1 from before b where b.id = $1 and b.is_alive) as was_absent, p.id,
    p.is_sharing
from (select 1) one left join before p on p.id <> $1 and p.is_alive
)sql",
    Statement::Access::kWrite};

/// $1 instance.
constexpr Statement kLeaveCluster{
    "leave_cluster", "delete from instances i where i.id = $1", Statement::Access::kWrite};

/// The instances in PostgreSQL.
class SqlInstanceRegistry final : public InstanceRegistry {
  public:
    explicit SqlInstanceRegistry(DbPool& pool) : pool_(pool) {}

    Result<InstanceRegistry::LiveInstances> beat(
        const Peer& self, std::chrono::milliseconds dead_after
    ) override {
        Parameters parameters;
        parameters.add(self.id).add(self.is_sharing).add(std::int64_t{dead_after.count()});
        return query(
            pool_,
            kBeat,
            parameters,
            [](const pqxx::result& rows) -> Result<LiveInstances> {
                LiveInstances roll{.peers = {}, .was_absent = rows.at(0)["was_absent"].as<bool>()};
                for (const auto& row : rows) {
                    if (!row["id"].is_null()) {
                        roll.peers.push_back(
                            {.id = id_of<InstanceId>(row["id"]),
                             .is_sharing = row["is_sharing"].as<bool>()}
                        );
                    }
                }
                return roll;
            }
        );
    }

    Result<void> leave(const InstanceId& self) override {
        return execute(pool_, kLeaveCluster, Parameters{}.add(self));
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<InstanceRegistry> make_instance_registry(DbPool& pool) {
    return std::make_unique<SqlInstanceRegistry>(pool);
}

std::span<const Statement> instance_statements() {
    static constexpr std::array kAll{kBeat, kLeaveCluster};
    return kAll;
}

}  // namespace orderpush::storage
