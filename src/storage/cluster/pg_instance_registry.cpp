#include "storage/cluster/pg_instance_registry.hpp"

#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

#include <cstdint>

namespace orderpush::storage {

Result<InstanceRegistry::LiveInstances> PgInstanceRegistry::beat(
    const Peer& self, std::chrono::milliseconds dead_after
) {
    Parameters parameters;
    parameters.add(self.id).add(self.is_sharing).add(std::int64_t{dead_after.count()});
    return query(pool_, kBeat, parameters, [](const pqxx::result& rows) -> Result<LiveInstances> {
        LiveInstances roll{.peers = {}, .was_absent = rows.at(0)["was_absent"].as<bool>()};
        for (const auto& row : rows) {
            if (!row["id"].is_null()) {
                roll.peers.push_back(
                    {.id = id_of<InstanceId>(row["id"]), .is_sharing = row["is_sharing"].as<bool>()}
                );
            }
        }
        return roll;
    });
}

Result<void> PgInstanceRegistry::leave(const InstanceId& self) {
    return execute(pool_, kLeaveCluster, Parameters{}.add(self));
}

}  // namespace orderpush::storage
