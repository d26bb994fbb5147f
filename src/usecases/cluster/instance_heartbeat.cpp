#include "usecases/cluster/instance_heartbeat.hpp"

#include "base/observability/log.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

namespace orderpush::usecases {

InstanceHeartbeat::InstanceHeartbeat(
    InstanceRegistry& registry,
    const InstanceRegistry::Peer& self,
    const InstanceHeartbeatOptions& options,
    RollHook on_roll
)
    : registry_(registry), self_(self), options_(options), on_roll_(std::move(on_roll)) {}

InstanceHeartbeat::~InstanceHeartbeat() {
    stop();
}

void InstanceHeartbeat::start() {
    assert(!thread_.joinable());
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void InstanceHeartbeat::stop() {
    if (!thread_.joinable()) {
        return;
    }
    thread_.request_stop();
    thread_.join();
    if (const auto left = registry_.leave(self_.id); !left) {
        log::warn("instance_not_taken_off", {{"reason", left.error().code}});
    }
}

void InstanceHeartbeat::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            if (const auto beat = run_once(std::chrono::steady_clock::now()); !beat) {
                log::warn("instance_beat_failed", {{"reason", beat.error().code}});
            }
        } catch (const std::exception& failure) {
            // Last resort: the watch outlives a defect, loudly.
            log::error("instance_watch_defect", {{"detail", failure.what()}});
        }
        std::unique_lock lock{mutex_};
        stopped_.wait_for(lock, stop, options_.interval, [] { return false; });
    }
}

Result<bool> InstanceHeartbeat::run_once(Deadline now) {
    const auto roll = ORDERPUSH_TRY(registry_.beat(self_, options_.dead_after));
    LiveInstanceSet told{.alive = {}, .asked_at = now, .was_absent = roll.was_absent};
    for (const auto& peer : roll.peers) {
        if (peer.is_sharing) {
            told.alive.push_back(peer.id);
        }
    }
    on_roll_(told);
    return warn_if_apart(roll.peers, now);
}

bool InstanceHeartbeat::warn_if_apart(
    const std::vector<InstanceRegistry::Peer>& peers, Deadline now
) {
    const bool is_apart =
        !peers.empty() && (!self_.is_sharing || !std::ranges::all_of(peers, [](const auto& peer) {
            return peer.is_sharing;
        }));
    const bool is_due = !warned_at_ || *warned_at_ + options_.warn_interval <= now;
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
