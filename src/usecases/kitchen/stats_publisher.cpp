#include "usecases/kitchen/stats_publisher.hpp"

#include "base/observability/log.hpp"
#include "usecases/events/event_factory.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <string_view>

namespace orderpush::usecases {
namespace {

/// Its own event is no news: it would bring itself about.
constexpr std::string_view kOwnEvent = "kitchen:stats_update";
constexpr int kSweepPage = 500;

bool is_news(const OutboxEntry& entry) {
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
    : stats_(stats), signal_(signal), ids_(ids), clock_(clock), options_(options) {}

StatsPublisher::~StatsPublisher() {
    stop();
}

void StatsPublisher::start() {
    assert(!thread_.joinable());
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void StatsPublisher::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void StatsPublisher::relayed(std::span<const OutboxEntry> entries) noexcept {
    bool is_due = false;
    {
        const std::scoped_lock lock{mutex_};
        is_due = !relayed_at_;  // the first look at all branches
        relayed_at_ = clock_.now();
        for (const OutboxEntry& entry : entries) {
            if (is_news(entry)) {
                add_news(BranchId{entry.channel.subject()});
                is_due = true;
            }
        }
        is_notified_ = is_notified_ || is_due;
    }
    if (is_due) {
        changed_.notify_one();
    }
}

void StatsPublisher::add_news(const BranchId& branch) {
    const auto known = branches_.find(branch);
    if (known != branches_.end()) {
        known->second.has_news = true;
    } else if (branches_.size() < options_.branches_max) {
        branches_[branch] = {.has_news = true, .due = Timestamp{}};
    }
}

void StatsPublisher::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        {
            // News from here on either are seen by this round or cut the wait short.
            const std::scoped_lock lock{mutex_};
            is_notified_ = false;
        }
        std::chrono::milliseconds pause = options_.interval;
        try {
            pause = run_once();
        } catch (const std::exception& failure) {
            // Last resort: the publisher outlives a defect, loudly. The sweep finds what it left.
            log::error("stats_defect", {{"detail", failure.what()}});
        }
        wait(stop, pause);
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
            add_news(branch);  // again, after the interval
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
    ToldCount told{
        .branch = branch,
        .stats = count.stats,
        .kitchen_seq = count.kitchen_seq,
        .at = now,
        .events = {}};
    if (count.stats != count.told) {
        told.events = stats_events(branch, count.stats, now, ids_);
    }
    const auto kept = ORDERPUSH_TRY(stats_.tell(told));
    if (kept && !told.events.empty()) {
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
            add_news(branch);
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
        if (branch.has_news && is_time) {
            due.push_back(id);
            branch = {.has_news = false, .due = now + options_.interval};
        }
    }
    std::erase_if(branches_, [&](const auto& entry) {
        return !entry.second.has_news && entry.second.due <= now;
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
        if (branch.has_news) {
            next = std::min(next, std::max(branch.due - now, std::chrono::milliseconds{1}));
        }
    }
    return next;
}

void StatsPublisher::wait(const std::stop_token& stop, std::chrono::milliseconds longest) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, stop, longest, [this] { return is_notified_; });
}

}  // namespace orderpush::usecases
