#include "realtime/cluster/cluster_bridge.hpp"

#include "base/observability/log.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace orderpush::realtime {

/// Counts what the hub was given and has not handed on yet.
class ClusterBridge::Delivery {
  public:
    void begin() {
        const std::scoped_lock lock{mutex_};
        ++pending_;
    }
    void end() {
        const std::scoped_lock lock{mutex_};
        if (--pending_ == 0) {
            ended_.notify_all();
        }
    }
    bool wait(std::chrono::milliseconds time) {
        std::unique_lock lock{mutex_};
        return ended_.wait_for(lock, time, [this] { return pending_ == 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable ended_;
    std::size_t pending_ = 0;
};

ClusterBridge::ClusterBridge(Hub& hub, Broker& broker, ClusterBridgeOptions options)
    : hub_(hub), broker_(broker), options_(std::move(options)) {}

void ClusterBridge::publish(std::vector<Publication> publications, BatchCompletion completion) {
    std::vector<BrokerMessage> messages;
    messages.reserve(publications.size());
    const std::size_t count = publications.size();
    for (Publication& publication : publications) {
        const bool is_kept = !publication.is_from_client && !publication.is_termination &&
                             hub_.rules().is_cache(publication.channel);
        auto kept_as = is_kept ? std::optional{publication.channel} : std::nullopt;
        auto body = encode_cluster_message(std::move(publication));
        if (!body) {
            break;  // never so with what came over a wire that is checked for UTF-8
        }
        messages.push_back({.body = *std::move(body), .kept_as = std::move(kept_as)});
    }
    const auto complete = [completion = std::move(completion), count](bool is_published) {
        for (std::size_t i = 0; completion && i < count; ++i) {
            completion(i, is_published);
        }
    };
    if (messages.size() < count) {
        log::error("publication_not_utf8", {{"publications", count}});
        complete(false);
        return;
    }
    broker_.publish(std::move(messages), complete);
}

void ClusterBridge::on_messages(
    const InstanceId& origin, std::span<const std::string_view> bodies
) {
    const auto delivery = std::make_shared<Delivery>();
    for (const std::string_view body : bodies) {
        receive(origin, body, delivery);
    }
    // The reader waits for its hub, so that a hub which falls behind slows the reading down instead
    // of filling its queues.
    if (!delivery->wait(options_.patience)) {
        log::error("hub_overdue", {{"messages", bodies.size()}});
    }
}

void ClusterBridge::receive(
    const InstanceId& origin, std::string_view body, const std::shared_ptr<Delivery>& delivery
) {
    auto message = decode_cluster_message(body);
    if (!message) {
        if (const auto left_out = unknown_lines_.admit()) {
            log::warn("cluster_message_unknown", {{"leftOut", *left_out}});
        }
        return;
    }
    if (auto* publication = std::get_if<Publication>(&*message)) {
        publication->is_from_elsewhere = origin != broker_.instance();
        delivery->begin();
        hub_.publish_here(std::move(*publication), [delivery](bool) { delivery->end(); });
        return;
    }
    // States are for the others; one without an origin comes from a publisher that is no instance.
    if (origin == broker_.instance() || origin.value.is_nil()) {
        return;
    }
    if (auto* state = std::get_if<RemoteState>(&*message)) {
        state->instance = origin;
        hub_.apply(*state);
        peers_.with([&](Peers& peers) {
            peers.known.emplace(origin, std::chrono::steady_clock::now());
            if (state->ends) {
                peers.reported.insert(origin);
            }
        });
        if (state->asks) {
            report_all();
        }
    } else {
        peers_.with([&](Peers& peers) {
            peers.leaving.emplace(origin, std::chrono::steady_clock::now());
        });
    }
}

void ClusterBridge::forget(const InstanceId& instance) {
    peers_.with([&](Peers& peers) {
        peers.known.erase(instance);
        peers.reported.erase(instance);
        peers.leaving.erase(instance);
        if (peers.awaited) {
            peers.awaited->erase(instance);
        }
    });
    hub_.forget(instance);
}

void ClusterBridge::on_gap() {
    pending_.with([](PendingUpdates& pending) { ++pending.gaps; });
    report_all();
}

void ClusterBridge::repair(bool was_absent) {
    const bool is_needed = pending_.with([&](const PendingUpdates& pending) {
        return !pending.is_joined || (was_absent && pending.shards_left == 0);
    });
    if (is_needed) {
        report_all();
    }
}

void ClusterBridge::keep(std::span<const InstanceId> alive, Deadline asked_at) {
    std::vector<InstanceId> gone;
    peers_.with([&](Peers& peers) {
        // The list of those alive is as old as the question: who was heard of since may not be in
        // it.
        for (const auto& [instance, known_since] : peers.known) {
            const bool is_alive = std::ranges::find(alive, instance) != alive.end();
            const auto left = peers.leaving.find(instance);
            const bool may_be_back =
                left != peers.leaving.end() && left->second + options_.leave_grace > asked_at;
            if (!is_alive && known_since < asked_at && !may_be_back) {
                gone.push_back(instance);
            }
        }
        if (!peers.awaited) {
            peers.awaited.emplace(alive.begin(), alive.end());
            peers.awaited_until = std::chrono::steady_clock::now() + options_.answer_patience;
        }
    });
    for (const InstanceId& instance : gone) {
        log::warn("instance_gone", {{"instance", to_string(instance)}});
        forget(instance);
    }
}

bool ClusterBridge::is_complete() const {
    return peers_.with([](const Peers& peers) {
        return peers.awaited && (std::chrono::steady_clock::now() >= peers.awaited_until ||
                                 std::ranges::includes(peers.reported, *peers.awaited));
    });
}

void ClusterBridge::announce_leave() {
    std::vector<BrokerMessage> messages;
    messages.push_back({.body = encode_cluster_message(ClusterLeave{}).value()});
    // Should it not get through, the others find out by themselves.
    broker_.publish(std::move(messages), [](bool) {});
}

void ClusterBridge::report_all() {
    const std::size_t report_number = pending_.with([&](PendingUpdates& pending) {
        // What was to be reported before comes with the rest.
        pending.counts.clear();
        pending.memberships.clear();
        pending.steps.clear();
        pending.steps.push_back(PendingUpdates::Mark::kBegin);
        pending.is_joined = true;
        pending.shards_left = hub_.shard_count();
        return ++pending.report_number;
    });
    for (std::size_t shard = 0; shard < hub_.shard_count(); ++shard) {
        hub_.read_local(shard, [this, report_number](RemoteState own) {
            report_shard(report_number, std::move(own));
        });
    }
}

void ClusterBridge::report_shard(std::size_t report_number, RemoteState own) {
    pending_.with([&](PendingUpdates& pending) {
        if (pending.report_number != report_number || !pending.is_joined) {
            return;  // a later one took its place
        }
        for (auto& count : own.counts) {
            put(pending, std::move(count));
        }
        for (auto& membership : own.memberships) {
            put(pending, std::move(membership));
        }
        if (--pending.shards_left == 0) {
            pending.steps.push_back(PendingUpdates::Mark::kEnd);
        }
    });
    flush();
}

void ClusterBridge::put(PendingUpdates& pending, RemoteState::Count count) {
    const auto [place, is_new] = pending.counts.insert_or_assign(count.channel, count.subscribers);
    if (is_new) {
        pending.steps.push_back(PendingUpdates::CountOf{place->first});
    }
}

void ClusterBridge::put(PendingUpdates& pending, RemoteState::Membership changed) {
    MembershipKey key{changed.channel, changed.membership.member.user_id};
    const auto [place, is_new] =
        pending.memberships.insert_or_assign(std::move(key), std::move(changed));
    if (is_new) {
        pending.steps.push_back(place->first);
    }
}

void ClusterBridge::on_subscribers(const std::string& channel, std::size_t subscribers) {
    pending_.with([&](PendingUpdates& pending) {
        if (pending.is_joined) {
            put(pending, {channel, subscribers});
        }
    });
    flush();
}

void ClusterBridge::on_membership(const RemoteState::Membership& membership) {
    pending_.with([&](PendingUpdates& pending) {
        if (pending.is_joined) {
            put(pending, membership);
        }
    });
    flush();
}

void ClusterBridge::flush() {
    std::size_t gaps_asked = 0;
    const auto state = take_next(gaps_asked);
    if (!state) {
        return;
    }
    auto body = encode_cluster_message(*state);
    if (!body) {
        log::error("member_not_utf8", {{"memberships", state->memberships.size()}});
        on_reported(false, 0);
        return;
    }
    std::vector<BrokerMessage> messages;
    messages.push_back({.body = *std::move(body)});
    broker_.publish(std::move(messages), [this, gaps_asked](bool is_published) {
        on_reported(is_published, gaps_asked);
    });
}

std::optional<RemoteState> ClusterBridge::take_next(std::size_t& gaps_asked) {
    return pending_.with([&](PendingUpdates& pending) -> std::optional<RemoteState> {
        if (!pending.is_joined || pending.is_under_way || pending.steps.empty()) {
            return std::nullopt;
        }
        // One at a time: a later state must not overtake an earlier one.
        pending.is_under_way = true;
        RemoteState state;
        for (std::size_t i = 0; i < options_.changes_max && !pending.steps.empty(); ++i) {
            const PendingUpdates::Step step = std::move(pending.steps.front());
            pending.steps.pop_front();
            if (const auto* mark = std::get_if<PendingUpdates::Mark>(&step)) {
                if (*mark == PendingUpdates::Mark::kEnd) {
                    state.ends = true;
                    break;
                }
                state.begins = true;  // always the first
                state.asks = pending.gaps_asked < pending.gaps;
                gaps_asked = pending.gaps;
            } else if (const auto* count_of = std::get_if<PendingUpdates::CountOf>(&step)) {
                const auto count = pending.counts.extract(count_of->channel);
                state.counts.push_back({count.key(), count.mapped()});
            } else {
                auto membership = pending.memberships.extract(std::get<MembershipKey>(step));
                state.memberships.push_back(std::move(membership.mapped()));
            }
        }
        return state;
    });
}

void ClusterBridge::on_reported(bool is_published, std::size_t gaps_asked) {
    pending_.with([&](PendingUpdates& pending) {
        pending.is_under_way = false;
        if (is_published) {
            pending.gaps_asked = std::max(pending.gaps_asked, gaps_asked);
        }
        if (!is_published) {
            // Whatever the others know now, everything is reported again later: see repair().
            pending.is_joined = false;
            pending.counts.clear();
            pending.memberships.clear();
            pending.steps.clear();
        }
    });
    if (is_published) {
        flush();
    }
}

}  // namespace orderpush::realtime
