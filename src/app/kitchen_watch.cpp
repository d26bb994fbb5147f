#include "app/kitchen_watch.hpp"

#include "app/event_catalogue.hpp"
#include "base/log.hpp"

#include <cassert>
#include <exception>
#include <map>
#include <utility>
#include <vector>

namespace orderpush::app {
namespace {

/// Asks about each branch once per look.
class Attendance {
  public:
    explicit Attendance(const std::function<Result<bool>(const BranchId&)>& is_attended)
        : is_attended_(is_attended) {}

    Result<bool> of(const BranchId& branch) {
        const auto known = known_.find(branch);
        if (known != known_.end()) {
            return known->second;
        }
        auto asked = is_attended_(branch);
        if (asked) {
            known_[branch] = *asked;
        }
        return asked;
    }

    std::vector<BranchId> attended() const {
        std::vector<BranchId> branches;
        for (const auto& [branch, is_attended] : known_) {
            if (is_attended) {
                branches.push_back(branch);
            }
        }
        return branches;
    }

  private:
    const std::function<Result<bool>(const BranchId&)>& is_attended_;
    std::map<BranchId, bool> known_;
};

}  // namespace

KitchenWatch::KitchenWatch(
    KitchenWatchDependencies dependencies, const KitchenWatchOptions& options
)
    : deps_(std::move(dependencies)), options_(options), started_at_(deps_.clock.now()) {}

KitchenWatch::~KitchenWatch() {
    stop();
}

void KitchenWatch::start() {
    assert(!thread_.joinable());
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void KitchenWatch::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void KitchenWatch::relayed(std::span<const OutboxEntry>) noexcept {
    const std::scoped_lock lock{mutex_};
    relayed_at_ = deps_.clock.now();
}

void KitchenWatch::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            look();
        } catch (const std::exception& failure) {
            // Last resort: the watch outlives a defect, loudly; the next look begins anew.
            log::error("kitchen_watch_defect", {{"detail", failure.what()}});
        }
        std::unique_lock lock{mutex_};
        stopped_.wait_for(lock, stop, options_.interval, [] { return false; });
    }
}

void KitchenWatch::look() {
    const auto raised = run_once();
    if (!raised) {
        const Error& error = raised.error();
        log::warn("kitchen_watch_failed", {{"reason", error.reason}, {"detail", error.detail}});
    }
}

Result<std::size_t> KitchenWatch::run_once() {
    const Timestamp now = deps_.clock.now();
    if (!is_relaying(now)) {
        return std::size_t{0};
    }
    const auto waiting = deps_.alarms.waiting(now, options_.orders_max);
    if (!waiting) {
        return waiting.error();
    }
    const bool is_late_enough = now - started_at_ >= options_.start_grace;
    Attendance attendance{deps_.is_attended};
    std::size_t raised_count = 0;
    for (const WaitingOrder& order : *waiting) {
        const auto is_attended = attendance.of(order.branch);
        if (!is_attended) {
            return is_attended.error();
        }
        const bool is_unseen = !*is_attended && is_late_enough &&
                               now - order.since >= options_.grace && !order.has_no_display_alarm;
        const bool is_overdue = order.is_overdue && !order.has_unacknowledged_alarm;
        for (const auto& [is_due, cause] :
             {std::pair{is_unseen, AlarmCause::kNoDisplay},
              std::pair{is_overdue, AlarmCause::kUnacknowledged}}) {
            const auto raised = is_due ? raise(order, cause) : Result<bool>{false};
            if (!raised) {
                return raised.error();
            }
            raised_count += *raised ? 1U : 0U;
        }
    }
    if (auto cleared = deps_.alarms.clear(attendance.attended(), now); !cleared) {
        return std::move(cleared).error();
    }
    return raised_count;
}

bool KitchenWatch::is_relaying(Timestamp now) {
    const std::scoped_lock lock{mutex_};
    return relayed_at_ && now - *relayed_at_ < options_.relaying_for;
}

Result<bool> KitchenWatch::raise(const WaitingOrder& order, AlarmCause cause) {
    const Timestamp now = deps_.clock.now();
    const auto raised = deps_.alarms.raise(
        {.id = deps_.ids.make<AlarmId>(),
         .order = order.order,
         .branch = order.branch,
         .cause = cause,
         .at = now,
         .events = unattended_events(order, cause, now, deps_.ids)}
    );
    if (raised && *raised) {
        (cause == AlarmCause::kNoDisplay ? options_.no_display : options_.unacknowledged).add();
        deps_.signal.notify();
        log::warn(
            "kitchen_unattended",
            {{"orderId", to_string(order.order)},
             {"branchId", to_string(order.branch)},
             {"cause", to_word(cause)}}
        );
    }
    return raised;
}

}  // namespace orderpush::app
