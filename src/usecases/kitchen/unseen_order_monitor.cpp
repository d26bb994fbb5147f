#include "usecases/kitchen/unseen_order_monitor.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "usecases/events/event_factory.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_body.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace orderpush::usecases {
namespace {

/// For how long a restaurant's webhook is tried.
constexpr std::chrono::hours kWebhookLifetime{24};

/// Asks about each branch once per check.
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

UnseenOrderMonitor::UnseenOrderMonitor(
    UnseenOrderMonitorDependencies dependencies, const UnseenOrderMonitorOptions& options
)
    : deps_(std::move(dependencies)),
      options_(options),
      started_at_(deps_.clock.now()),
      worker_("unseen_orders", [this](const std::stop_token&) {
          check();
          return options_.interval;
      }) {}

void UnseenOrderMonitor::relayed(std::span<const OutboxEntry>) noexcept {
    const std::scoped_lock lock{mutex_};
    relayed_at_ = deps_.clock.now();
}

void UnseenOrderMonitor::check() {
    const auto raised = run_once();
    if (!raised) {
        const Error& error = raised.error();
        log::warn("unseen_orders_check_failed", {{"reason", error.code}, {"detail", error.detail}});
    }
}

Result<std::size_t> UnseenOrderMonitor::run_once() {
    const Timestamp now = deps_.clock.now();
    if (!is_relaying(now)) {
        return std::size_t{0};
    }
    const auto waiting = ORDERPUSH_TRY(deps_.alarms.waiting(
        {.now = now, .reporting_since = now - options_.reporting_for, .limit = options_.orders_max}
    ));
    Attendance attendance{deps_.is_attended};
    std::size_t raised_count = 0;
    for (const WaitingOrder& order : waiting) {
        const auto is_attended = ORDERPUSH_TRY(attendance.of(order.branch));
        const auto raised = check_order(order, is_attended, now);
        if (!raised) {
            return raised;
        }
        raised_count += *raised;
    }
    if (auto cleared = deps_.alarms.clear(attendance.attended(), now); !cleared) {
        return std::move(cleared).error();
    }
    return raised_count;
}

Result<std::size_t> UnseenOrderMonitor::check_order(
    const WaitingOrder& order, bool is_attended, Timestamp now
) {
    struct Due {
        AlarmCause cause;
        AlarmStep step;
    };
    const bool is_late_enough = now - started_at_ >= options_.start_grace;
    std::vector<Due> all_due;
    if (!is_attended && is_late_enough && now - order.since >= options_.grace &&
        !order.has_no_display_alarm) {
        all_due.push_back({AlarmCause::kNoDisplay, AlarmStep::kWaiters});
    }
    if (order.is_overdue && !order.has_unacknowledged_alarm) {
        all_due.push_back({AlarmCause::kUnacknowledged, AlarmStep::kWaiters});
    }
    if (const auto step = due_step(order, now); step && is_late_enough) {
        all_due.push_back({AlarmCause::kUnseen, *step});
    }
    std::size_t raised_count = 0;
    for (const Due& due : all_due) {
        const auto raised = ORDERPUSH_TRY(raise(order, due.cause, due.step));
        raised_count += raised ? 1U : 0U;
    }
    return raised_count;
}

/// The first that was not taken, if its time has come.
std::optional<AlarmStep> UnseenOrderMonitor::due_step(const WaitingOrder& order, Timestamp now)
    const {
    if (!order.unseen_from) {
        return std::nullopt;
    }
    Timestamp due_at = *order.unseen_from;
    std::chrono::seconds before{0};
    for (const UnseenStep& one : options_.unseen_steps) {
        due_at += one.after - before;
        before = one.after;
        if (one.step == AlarmStep::kWebhook && !order.has_webhook) {
            continue;
        }
        const auto& taken_at = order.unseen_steps.at(static_cast<std::size_t>(one.step));
        if (!taken_at) {
            return due_at <= now ? std::optional{one.step} : std::nullopt;
        }
        due_at = std::max(due_at, *taken_at);
    }
    return std::nullopt;
}

bool UnseenOrderMonitor::is_relaying(Timestamp now) {
    const std::scoped_lock lock{mutex_};
    return relayed_at_ && now - *relayed_at_ < options_.relaying_for;
}

Result<bool> UnseenOrderMonitor::raise(
    const WaitingOrder& order, AlarmCause cause, AlarmStep step
) {
    const Timestamp now = deps_.clock.now();
    NewAlarm alarm{
        .id = deps_.ids.make<AlarmId>(),
        .order = order.order,
        .branch = order.branch,
        .cause = cause,
        .step = step,
        .at = now};
    if (step == AlarmStep::kWaiters) {
        alarm.events = unattended_events(order, cause, now, deps_.ids);
    } else if (step == AlarmStep::kWebhook) {
        alarm.webhook_body = unseen_webhook_body(order, now);
        alarm.webhook_expires_at = now + kWebhookLifetime;
    }
    const auto raised = deps_.alarms.raise(alarm);
    if (raised && *raised) {
        count(cause, step);
        if (step == AlarmStep::kWebhook) {
            deps_.on_webhook();
        } else {
            deps_.signal.notify();
        }
        log::warn(
            "kitchen_unattended",
            {{"orderId", to_string(order.order)},
             {"branchId", to_string(order.branch)},
             {"cause", to_string(cause)},
             {"step", to_string(step)}}
        );
    }
    return raised;
}

void UnseenOrderMonitor::count(AlarmCause cause, AlarmStep step) const {
    if (step == AlarmStep::kWaiters) {
        options_.alarms.at(static_cast<std::size_t>(cause)).add();
    }
    if (cause == AlarmCause::kUnseen) {
        options_.steps.at(static_cast<std::size_t>(step)).add();
    }
}

}  // namespace orderpush::usecases
