#include "usecases/presence/presence_reconciler.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::usecases {

PresenceReconciler::PresenceReconciler(
    std::vector<PresenceSource*> sources,
    PresenceStore& store,
    const Clock& clock,
    const PresenceReconcilerOptions& options
)
    : sources_(std::move(sources)),
      store_(store),
      clock_(clock),
      options_(options),
      worker_("presence_reconciler", [this](const std::stop_token& stop) { return step(stop); }) {}

void PresenceReconciler::start() {
    if (!sources_.empty()) {
        worker_.start();
    }
}

void PresenceReconciler::relayed(std::span<const OutboxEntry> /*entries*/) noexcept {
    bool is_first = false;
    {
        const std::scoped_lock lock{mutex_};
        const Timestamp now = clock_.now();
        is_first = !relayed_at_ || now - *relayed_at_ >= options_.relaying_for;
        relayed_at_ = now;
    }
    if (is_first) {
        worker_.notify();  // what happened before this instance took over may have been missed
    }
}

void PresenceReconciler::request() {
    worker_.notify();
}

bool PresenceReconciler::is_relaying() {
    const std::scoped_lock lock{mutex_};
    return relayed_at_ && clock_.now() - *relayed_at_ < options_.relaying_for;
}

Worker::Pause PresenceReconciler::step(const std::stop_token& stop) {
    if (!is_relaying()) {
        return std::nullopt;  // relayed() notifies once this instance takes over
    }
    run_once();
    // However many requests come, there is one round per pause.
    wait_for(stop, options_.pause_min);
    return options_.interval - options_.pause_min;
}

std::size_t PresenceReconciler::run_once() {
    std::vector<std::string> failed;
    for (PresenceSource* const source : sources_) {
        const std::string name{source->name()};
        const auto done = reconcile(*source);
        const bool has_failed_before = std::ranges::find(failing_, name) != failing_.end();
        if (!done) {
            failed.push_back(name);
            if (!has_failed_before) {
                log::warn(
                    "presence_reconcile_failed",
                    {{"source", name},
                     {"reason", done.error().code},
                     {"detail", done.error().detail}}
                );
            }
        } else if (has_failed_before) {
            log::info("presence_reconcile_recovered", {{"source", name}});
        }
    }
    failing_ = std::move(failed);
    return sources_.size() - failing_.size();
}

Result<void> PresenceReconciler::reconcile(PresenceSource& source) {
    const Timestamp asked_at = clock_.now();
    const auto channels =
        ORDERPUSH_TRY(source.list(std::chrono::steady_clock::now() + options_.patience));
    const PresenceScope scope{.source = std::string{source.name()}};
    for (const ListedChannel& listed : channels) {
        auto done = store_.replace(scope, listed.channel, listed.members, asked_at, clock_.now());
        if (!done) {
            return done;
        }
    }
    return store_.finish_round(scope, asked_at, clock_.now());
}

}  // namespace orderpush::usecases
