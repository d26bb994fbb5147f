#pragma once

#include "base/timestamp.hpp"
#include "core/delivery/push_adapter.hpp"
#include "usecases/delivery/circuit_breaker.hpp"
#include "usecases/delivery/delivery_metrics.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct FailoverOptions {
    BreakerOptions breaker = {};
    /// How long one adapter may take of a publish when another stands behind it.
    std::chrono::milliseconds attempt_longest{4'000};
    /// For so long after the return to an adapter, the one that stood in gets everything too, for
    /// those who have not moved yet. They know repeats by their ids.
    std::chrono::milliseconds overlap{30'000};
    DeliveryMetrics metrics = {};
    /// Instants for the circuits; monotonic.
    std::function<Deadline()> monotonic_now = [] { return std::chrono::steady_clock::now(); };
};

/// Several adapters as one: each entry goes through the first of them whose circuit is closed. An
/// adapter that failed too often is left out, and comes back after a probe: a batch that another
/// one delivered, published through it as well. Of one adapter alone it is the circuit.
/// An entry whose adapter fails while its circuit is still closed is kRetry, as from the adapter
/// itself. Outcomes say in `via` who answered.
/// publish() by one thread at a time; the rest any thread.
class FailoverAdapter final : public PushAdapter {
  public:
    /// Announces to clients that the provider in force is another one now; false: to be tried again
    /// with the next batch. On the publishing thread.
    using OnChanged = std::function<bool(std::string_view previous, std::string_view current)>;

    /// `adapters` in order of preference, at least one; they and `clock` outlive this.
    FailoverAdapter(
        std::string name,
        const std::vector<PushAdapter*>& adapters,
        const Clock& clock,
        FailoverOptions options = {}
    );
    ~FailoverAdapter() override;

    /// Before the first publish.
    void on_changed(OnChanged on_changed) { on_changed_ = std::move(on_changed); }

    /// The stream's.
    std::string_view name() const noexcept override { return name_; }
    /// Entries as the adapter in force takes them; the largest payload that any takes. What is too
    /// large for another is cut for it.
    PublishLimits limits() const noexcept override;
    std::vector<PublishOutcome> publish(std::span<const OutboxEntry> entries, Deadline deadline)
        override;
    std::optional<Deadline> paused_until() const override;

    /// The adapter that clients should listen to, by its place.
    std::size_t in_force() const;
    struct Member {
        std::string_view name;
        CircuitBreaker::Snapshot circuit;
    };
    /// In order of preference.
    std::vector<Member> members() const;

  private:
    struct Part;
    struct Batch;

    void deliver(Batch& batch, Deadline deadline);
    bool use(Part& part, Batch& batch, Deadline deadline);
    void publish_to_others(const Batch& batch, Deadline deadline);
    void probe(Part& part, const std::vector<OutboxEntry>& entries, Deadline deadline);
    void judge(Part& part, std::span<const PublishOutcome> outcomes);
    void notice_change();
    Deadline within(std::chrono::milliseconds longest, Deadline deadline) const;
    std::vector<PublishOutcome> held(std::size_t count) const;

    const std::string name_;
    const Clock& clock_;
    const FailoverOptions options_;
    std::vector<std::unique_ptr<Part>> parts_;
    OnChanged on_changed_;

    /// Only the publishing thread:
    std::size_t last_in_force_ = 0;
    /// The one before the last change, until when it gets everything too.
    std::optional<std::size_t> overlapping_;
    Deadline overlap_until_;
    /// Who was in force by the last announcement, until the change since then is announced.
    std::optional<std::size_t> announced_;
};

}  // namespace orderpush::usecases
