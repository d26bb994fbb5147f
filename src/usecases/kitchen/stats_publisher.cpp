#include "usecases/kitchen/stats_publisher.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "usecases/events/event_factory.hpp"

#include <algorithm>
#include <string_view>

namespace orderpush::usecases {
namespace {

/// Its own event is no change: it would bring itself about.
constexpr std::string_view kOwnEvent = "kitchen:stats_update";
constexpr int kSweepPage = 500;

bool is_change(const OutboxEntry& entry) {
    return entry.channel.audience() == Audience::kKitchen && entry.name != kOwnEvent;
}

}  // namespace

StatsPublisher::StatsPublisher(
    StatsStore& stats,
    OutboxSignal& signal,
    IdSource& ids,
    const Clock& clock,
    const StatsPublisherOptions& options
)
    : stats_(stats),
      signal_(signal),
      ids_(ids),
      clock_(clock),
      options_(options),
      worker_("stats_publisher", [this](const std::stop_token&) { return run_once(); }) {}

void StatsPublisher::relayed(std::span<const OutboxEntry> entries) noexcept {
    bool is_due = false;
    {
        const std::scoped_lock lock{mutex_};
        is_due = !relayed_at_;  // the first sweep
        relayed_at_ = clock_.now();
        for (const OutboxEntry& entry : entries) {
            if (is_change(entry)) {
                mark_changed(BranchId{entry.channel.subject()});
                is_due = true;
            }
        }
    }
    if (is_due) {
        worker_.notify();
    }
}

void StatsPublisher::mark_changed(const BranchId& branch) {
    const auto known = branches_.find(branch);
    if (known != branches_.end()) {
        known->second.is_changed = true;
    } else if (branches_.size() < options_.branches_max) {
        branches_[branch] = {.is_changed = true, .due = Timestamp{}};
    }
}

std::chrono::milliseconds StatsPublisher::run_once() {
    const Timestamp now = clock_.now();
    Result<void> done;
    if (is_sweep_due(now)) {
        done = sweep();
        swept_at_ = done ? std::optional{now} : std::nullopt;
    }
    for (const BranchId& branch : take_due(now)) {
        auto published = publish(branch, now);
        if (!published) {
            const std::scoped_lock lock{mutex_};
            mark_changed(branch);  // again, after the interval
            done = std::move(published);
        }
    }
    if (!done && !is_failing_) {
        log::warn("stats_failed", {{"reason", done.error().code}, {"detail", done.error().detail}});
    }
    is_failing_ = !done;
    return until_next(now);
}

Result<void> StatsPublisher::publish(const BranchId& branch, Timestamp now) {
    const auto count = ORDERPUSH_TRY(stats_.count(branch));
    ToldCount published{
        .branch = branch,
        .stats = count.stats,
        .kitchen_seq = count.kitchen_seq,
        .at = now,
        .events = {}};
    if (count.stats != count.told) {
        published.events = stats_events(branch, count.stats, now, ids_);
    }
    const auto is_newest = ORDERPUSH_TRY(stats_.tell(published));
    if (is_newest && !published.events.empty()) {
        signal_.notify();
    }
    return {};
}

Result<void> StatsPublisher::sweep() {
    std::optional<BranchId> last;
    for (;;) {
        const auto page = ORDERPUSH_TRY(stats_.list_outdated(last, kSweepPage));
        const std::scoped_lock lock{mutex_};
        for (const BranchId& branch : page) {
            mark_changed(branch);
        }
        const bool is_last = page.size() < static_cast<std::size_t>(kSweepPage);
        const bool is_full = branches_.size() >= options_.branches_max;
        if (is_last || is_full) {
            return {};
        }
        last = page.back();
    }
}

bool StatsPublisher::is_sweep_due(Timestamp now) {
    const std::scoped_lock lock{mutex_};
    const bool is_relaying = relayed_at_ && now - *relayed_at_ < options_.relaying_for;
    return is_relaying && (!swept_at_ || now - *swept_at_ >= options_.sweep_interval);
}

std::vector<BranchId> StatsPublisher::take_due(Timestamp now) {
    const std::scoped_lock lock{mutex_};
    std::vector<BranchId> due;
    for (auto& [id, branch] : branches_) {
        // A clock that was set back must not silence a branch.
        const bool is_time = branch.due <= now || branch.due > now + options_.interval;
        if (branch.is_changed && is_time) {
            due.push_back(id);
            branch = {.is_changed = false, .due = now + options_.interval};
        }
    }
    std::erase_if(branches_, [&](const auto& entry) {
        return !entry.second.is_changed && entry.second.due <= now;
    });
    return due;
}

std::chrono::milliseconds StatsPublisher::until_next(Timestamp now) {
    const std::scoped_lock lock{mutex_};
    const auto swept = swept_at_.value_or(now);
    auto next = std::clamp(
        swept + options_.sweep_interval - now, options_.interval, options_.sweep_interval
    );
    next = is_failing_ ? options_.interval : next;
    for (const auto& [id, branch] : branches_) {
        if (branch.is_changed) {
            next = std::min(next, std::max(branch.due - now, std::chrono::milliseconds{1}));
        }
    }
    return next;
}

}  // namespace orderpush::usecases
