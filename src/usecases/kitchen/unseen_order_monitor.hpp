#pragma once

#include "base/crypto/uuid.hpp"
#include "base/observability/metrics.hpp"
#include "base/result.hpp"
#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "core/delivery/outbox.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "usecases/delivery/relay_observer.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct UnseenOrderMonitorOptions {
    /// How long an order may wait in a kitchen without a display before that is an alarm: long
    /// enough for a display to come back from a lost connection.
    std::chrono::milliseconds grace{5'000};
    /// Between one check and the next.
    std::chrono::milliseconds interval{5'000};
    /// For so long after the start no missing display is an alarm: clients need a moment to come
    /// back.
    std::chrono::milliseconds start_grace{0};
    /// This instance relays if it saw a round of the relay within so long; above the relay's poll
    /// interval.
    std::chrono::milliseconds relaying_for{5'000};
    /// Waiting orders per check; the rest comes with the next ones.
    int orders_max = 1'000;
    /// In this order, each once, none before the one in front of it. None: orders that nobody saw
    /// are no cause.
    std::vector<UnseenStep> unseen_steps = {
        {AlarmStep::kPushAgain, std::chrono::seconds{0}},
        {AlarmStep::kWaiters, std::chrono::seconds{30}},
        {AlarmStep::kWebhook, std::chrono::seconds{60}}};
    /// A branch none of whose displays reported an order as seen for so long does not report.
    std::chrono::hours reporting_for{7 * 24};
    /// Alarms raised, by AlarmCause: where the waiters were notified.
    std::array<metrics::Counter, 3> alarms = {};
    /// Steps taken, by AlarmStep.
    std::array<metrics::Counter, kAlarmStepCount> steps = {};
};

struct UnseenOrderMonitorDependencies {
    AlarmStore& alarms;
    /// Whether a display of the branch's kitchen is online. May block, with a deadline.
    std::function<Result<bool>(const BranchId& branch)> is_attended;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
    /// A webhook waits to be sent.
    std::function<void()> on_webhook = [] {};
};

/// Raises kitchen:unattended for orders that a kitchen seems to overlook, once per order and cause,
/// and clears it when the cause is gone. What no display showed escalates in steps, one per check
/// and each once; between two of them lies at least what lies between them in the options, even if
/// a stop came between. One thread of its own, on the instance that relays: it is the one whose
/// displays hear of orders.
class UnseenOrderMonitor final : public RelayObserver {
  public:
    UnseenOrderMonitor(
        UnseenOrderMonitorDependencies dependencies, const UnseenOrderMonitorOptions& options
    );

    void start() { worker_.start(); }
    /// Waits for the check in hand.
    void stop() { worker_.stop(); }
    const Worker& worker() const noexcept { return worker_; }
    void relayed(std::span<const OutboxEntry> entries) noexcept override;

    /// One check, on the caller's thread: the number of alarms raised; none where another instance
    /// relays. The first error ends it.
    Result<std::size_t> run_once();

  private:
    /// One check, and a log line if it failed.
    void check();
    bool is_relaying(Timestamp now);
    /// Raises what is due of it; how many alarms that were.
    Result<std::size_t> check_order(const WaitingOrder& order, bool is_attended, Timestamp now);
    std::optional<AlarmStep> due_step(const WaitingOrder& order, Timestamp now) const;
    Result<bool> raise(const WaitingOrder& order, AlarmCause cause, AlarmStep step);
    void count(AlarmCause cause, AlarmStep step) const;

    UnseenOrderMonitorDependencies deps_;
    const UnseenOrderMonitorOptions options_;
    const Timestamp started_at_;

    std::mutex mutex_;
    /// Guarded by mutex_:
    std::optional<Timestamp> relayed_at_;
    Worker worker_;
};

}  // namespace orderpush::usecases
