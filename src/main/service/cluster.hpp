#pragma once

#include "base/timestamp.hpp"
#include "main/service/database.hpp"
#include "main/service/platform.hpp"
#include "realtime/cluster/cluster_bridge.hpp"
#include "realtime/hub/hub.hpp"
#include "storage/cluster/pg_broker.hpp"
#include "usecases/cluster/instance_heartbeat.hpp"

#include <optional>

namespace orderpush {

/// This instance among the others of its database. With BROKER=postgres their hubs are joined;
/// without, the heartbeat warns of instances that do not hear each other.
class Cluster {
  public:
    Cluster(Platform& platform, Database& database, realtime::Hub& hub);

    void start();
    /// Whether the hub knows who is connected to the other instances. Any thread.
    bool is_complete() const;
    /// Announces the end to the others, hands on what is pending until the deadline, and takes this
    /// instance off the registry.
    void leave(Deadline deadline);

    const Worker& heartbeat() const noexcept { return heartbeat_.worker(); }

  private:
    const InstanceId instance_;
    std::optional<storage::PgBroker> broker_;
    std::optional<realtime::ClusterBridge> bridge_;
    usecases::InstanceHeartbeat heartbeat_;
};

}  // namespace orderpush
