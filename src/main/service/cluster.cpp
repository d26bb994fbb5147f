#include "main/service/cluster.hpp"

namespace orderpush {

Cluster::Cluster(Platform& platform, Database& database, realtime::Hub& hub)
    : instance_(platform.ids.make<InstanceId>()),
      heartbeat_(
          database.stores.instances(),
          {.id = instance_, .is_sharing = platform.settings.broker == BrokerKind::kPostgres},
          {.dead_after = platform.settings.instance_dead_after},
          [this](const usecases::LiveInstanceSet& instances) {
              if (bridge_) {
                  bridge_->keep(instances.alive, instances.asked_at);
                  bridge_->repair(instances.was_absent);
              }
          }
      ) {
    const Settings& settings = platform.settings;
    if (settings.broker == BrokerKind::kLocal) {
        return;
    }
    broker_.emplace(
        instance_,
        storage::PgBrokerOptions{
            .url = settings.database_direct_url,
            .on_no_connection = [&database] { database.pool.make_room(); }}
    );
    bridge_.emplace(
        hub,
        *broker_,
        realtime::ClusterBridgeOptions{.leave_grace = settings.builtin_hub.leave_grace}
    );
    hub.join(*bridge_);
}

void Cluster::start() {
    heartbeat_.start();
    if (broker_) {
        broker_->start(*bridge_);
    }
}

bool Cluster::is_complete() const {
    return !bridge_ || bridge_->is_complete();
}

void Cluster::leave(Deadline deadline) {
    if (broker_) {
        bridge_->announce_leave();
        broker_->stop(deadline);
    }
    heartbeat_.stop();
}

}  // namespace orderpush
