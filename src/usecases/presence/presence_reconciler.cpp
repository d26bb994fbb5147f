#include "usecases/presence/presence_reconciler.hpp"

#include "base/observability/log.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

namespace orderpush::usecases {

PresenceReconciler::PresenceReconciler(
    std::vector<PresenceSource*> sources,
    PresenceStore& store,
    const Clock& clock,
    const PresenceReconcilerOptions& options
)
    : sources_(std::move(sources)), store_(store), clock_(clock), options_(options) {}

PresenceReconciler::~PresenceReconciler() {
    stop();
}

void PresenceReconciler::start() {
    assert(!thread_.joinable());
    if (!sources_.empty()) {
        thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
    }
}

void PresenceReconciler::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void PresenceReconciler::relayed(std::span<const OutboxEntry> /*entries*/) noexcept {
    bool is_first = false;
    {
        const std::scoped_lock lock{mutex_};
        const Timestamp now = clock_.now();
        is_first = !relayed_at_ || now - *relayed_at_ >= options_.relaying_for;
        relayed_at_ = now;
        // Taking over is a gap.
        is_requested_ = is_requested_ || is_first;
    }
    if (is_first) {
        changed_.notify_one();
    }
}

void PresenceReconciler::request() {
    {
        const std::scoped_lock lock{mutex_};
        is_requested_ = true;
    }
    changed_.notify_one();
}

/// Requires mutex_.
bool PresenceReconciler::is_relaying() const {
    return relayed_at_ && clock_.now() - *relayed_at_ < options_.relaying_for;
}

void PresenceReconciler::wait(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    // A storm of requests is one round per pause.
    changed_.wait_for(lock, stop, options_.pause_min, [] { return false; });
    changed_.wait_for(lock, stop, options_.interval - options_.pause_min, [this] {
        return is_requested_ && is_relaying();
    });
}

void PresenceReconciler::run(const std::stop_token& stop) {
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, stop, [this] { return is_relaying(); });
    }
    while (!stop.stop_requested()) {
        bool is_mine = false;
        {
            const std::scoped_lock lock{mutex_};
            is_requested_ = false;
            is_mine = is_relaying();
        }
        try {
            if (is_mine) {
                run_once();
            }
        } catch (const std::exception& failure) {
            // Last resort: the reconciler outlives a defect, loudly; the next round begins anew.
            log::error("presence_reconcile_defect", {{"detail", failure.what()}});
        }
        wait(stop);
    }
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
