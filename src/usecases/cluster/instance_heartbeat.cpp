#include "usecases/cluster/instance_heartbeat.hpp"

#include "base/observability/log.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::usecases {
namespace {

/// Between one warning and the next.
constexpr std::chrono::hours kWarnInterval{1};

}  // namespace

InstanceHeartbeat::InstanceHeartbeat(
    InstanceRegistry& registry,
    const InstanceRegistry::Peer& self,
    const InstanceHeartbeatOptions& options,
    OnBeat on_beat
)
    : registry_(registry),
      self_(self),
      options_(options),
      on_beat_(std::move(on_beat)),
      worker_("instance_heartbeat", [this](const std::stop_token&) {
          if (const auto beat = run_once(std::chrono::steady_clock::now()); !beat) {
              log::warn("instance_beat_failed", {{"reason", beat.error().code}});
          }
          return options_.interval;
      }) {}

InstanceHeartbeat::~InstanceHeartbeat() {
    stop();
}

void InstanceHeartbeat::stop() {
    if (!worker_.is_started()) {
        return;
    }
    worker_.stop();
    if (const auto left = registry_.leave(self_.id); !left) {
        log::warn("instance_not_taken_off", {{"reason", left.error().code}});
    }
}

Result<bool> InstanceHeartbeat::run_once(Deadline now) {
    const auto registered = ORDERPUSH_TRY(registry_.beat(self_, options_.dead_after));
    LiveInstanceSet live{.alive = {}, .asked_at = now, .was_absent = registered.was_absent};
    for (const auto& peer : registered.peers) {
        if (peer.is_sharing) {
            live.alive.push_back(peer.id);
        }
    }
    on_beat_(live);
    return warn_if_apart(registered.peers, now);
}

bool InstanceHeartbeat::warn_if_apart(
    const std::vector<InstanceRegistry::Peer>& peers, Deadline now
) {
    const bool is_apart =
        !peers.empty() && (!self_.is_sharing || !std::ranges::all_of(peers, [](const auto& peer) {
            return peer.is_sharing;
        }));
    const bool is_due = !warned_at_ || *warned_at_ + kWarnInterval <= now;
    if (!is_apart || !is_due) {
        return false;
    }
    warned_at_ = now;
    log::error(
        "instances_do_not_hear_each_other",
        {{"others", peers.size()},
         {"remedy", "set BROKER=postgres on every instance of this database, or run one only"}}
    );
    return true;
}

}  // namespace orderpush::usecases
