#include "usecases/delivery/failover_adapter.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "usecases/delivery/payload_truncation.hpp"
#include "usecases/events/event_types.hpp"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

namespace orderpush::usecases {
namespace {

using Kind = PublishOutcome::Kind;

/// How long a probe may take; the outcomes of events that were delivered already wait for it.
constexpr std::chrono::milliseconds kProbeLongest{2'000};

/// Handed over or refused: nothing is left to do.
bool is_settled(const PublishOutcome& outcome) {
    return outcome.kind == Kind::kDelivered || outcome.kind == Kind::kRejected;
}

bool is_any(std::span<const PublishOutcome> outcomes, Kind kind) {
    return std::ranges::find(outcomes, kind, &PublishOutcome::kind) != outcomes.end();
}

PublishOutcome retry(std::string reason) {
    return {.kind = Kind::kRetry, .reason = std::move(reason)};
}

/// One call of the adapter, with what it would not take cut to size.
std::vector<PublishOutcome> publish_some(
    PushAdapter& adapter,
    std::span<const OutboxEntry> entries,
    Deadline deadline,
    const DeliveryMetrics& metrics
) {
    const auto began_at = std::chrono::steady_clock::now();
    const auto answered = [&](std::vector<PublishOutcome> outcomes) {
        metrics.called(adapter.name(), std::chrono::steady_clock::now() - began_at);
        return outcomes;
    };
    const std::size_t bytes_max = adapter.limits().payload_bytes_max;
    const auto is_too_large = [&](const OutboxEntry& entry) {
        return envelope(entry).size() > bytes_max;
    };
    // Providers' limits differ, and entries are composed for the largest: what does not fit this
    // one is cut to what identifies it rather than refused. The common case copies nothing.
    if (std::ranges::none_of(entries, is_too_large)) {
        return answered(adapter.publish(entries, deadline));
    }
    std::vector<OutboxEntry> fitting{entries.begin(), entries.end()};
    for (OutboxEntry& entry : fitting) {
        cut_to_fit(entry, bytes_max);
    }
    return answered(adapter.publish(fitting, deadline));
}

/// As the adapter takes them, so many at a time. After a call that delivered nothing the rest is
/// not tried; nor is what stands behind an entry of its channel that was not delivered.
std::vector<PublishOutcome> publish_all(
    PushAdapter& adapter,
    std::span<const OutboxEntry> entries,
    Deadline deadline,
    const DeliveryMetrics& metrics
) {
    const std::size_t entries_max = std::max<std::size_t>(1, adapter.limits().entries_max);
    std::vector<PublishOutcome> outcomes(entries.size(), retry("not tried yet"));
    std::set<Channel> waiting;
    std::size_t next = 0;
    while (next < entries.size()) {
        std::vector<OutboxEntry> some;
        std::vector<std::size_t> places;
        // Within a channel the order of events is promised: none overtakes one that is still open.
        for (; next < entries.size() && some.size() < entries_max; ++next) {
            if (!waiting.contains(entries[next].channel)) {
                some.push_back(entries[next]);
                places.push_back(next);
            }
        }
        if (some.empty()) {
            break;
        }
        const auto answers = publish_some(adapter, some, deadline, metrics);
        assert(answers.size() == some.size());
        for (std::size_t i = 0; i < answers.size(); ++i) {
            outcomes[places[i]] = answers[i];
            if (!is_settled(answers[i])) {
                waiting.insert(some[i].channel);
            }
        }
        // An adapter that is away would cost a deadline per call.
        if (std::ranges::none_of(answers, is_settled)) {
            break;
        }
    }
    return outcomes;
}

bool is_provider_change(const OutboxEntry& entry) {
    return entry.name == event_type::kProviderChanged.name;
}

}  // namespace

struct FailoverAdapter::Part {
    Part(PushAdapter& given, const FailoverOptions& options, Timestamp now)
        : adapter(given), breaker(options.breaker, now), unclear(options.unclear) {}

    PushAdapter& adapter;
    CircuitBreaker breaker;
    UnclearRefusals unclear;
};

struct FailoverAdapter::Batch {
    std::span<const OutboxEntry> entries;
    std::vector<PublishOutcome> outcomes;
    /// The places of those that no adapter has settled, in order.
    std::vector<std::size_t> open;
    /// Who delivered, if anyone did.
    const Part* by = nullptr;

    std::vector<OutboxEntry> delivered() const {
        std::vector<OutboxEntry> found;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (outcomes[i].kind == Kind::kDelivered) {
                found.push_back(entries[i]);
            }
        }
        return found;
    }
};

FailoverAdapter::FailoverAdapter(
    std::string name,
    const std::vector<PushAdapter*>& adapters,
    const Clock& clock,
    FailoverOptions options
)
    : name_(std::move(name)), clock_(clock), options_(std::move(options)) {
    assert(!adapters.empty());
    for (PushAdapter* adapter : adapters) {
        parts_.push_back(std::make_unique<Part>(*adapter, options_, clock.now()));
    }
}

FailoverAdapter::~FailoverAdapter() = default;

PublishLimits FailoverAdapter::limits() const noexcept {
    PublishLimits limits = parts_[in_force()]->adapter.limits();
    for (const auto& part : parts_) {
        limits.payload_bytes_max =
            std::max(limits.payload_bytes_max, part->adapter.limits().payload_bytes_max);
    }
    return limits;
}

std::vector<PublishOutcome> FailoverAdapter::publish(
    std::span<const OutboxEntry> entries, Deadline deadline
) {
    Batch batch{.entries = entries, .outcomes = held(entries.size()), .open = {}};
    for (std::size_t i = 0; i < entries.size(); ++i) {
        batch.open.push_back(i);
    }
    deliver(batch, deadline);
    publish_to_others(batch, deadline);
    notice_change();
    return std::move(batch.outcomes);
}

/// In order of preference. One whose probe is due is left to the probe, unless nobody else is
/// there.
void FailoverAdapter::deliver(Batch& batch, Deadline deadline) {
    // A probe that fails costs the events in hand a deadline, so it is made with events that
    // another adapter delivered already (see publish_to_others), as long as there is another one.
    const auto asked_at = options_.monotonic_now();
    const bool is_any_closed = std::ranges::any_of(parts_, [&](const auto& part) {
        return part->breaker.state(asked_at) == CircuitState::kClosed;
    });
    for (const auto& part : parts_) {
        const auto now = options_.monotonic_now();
        const bool is_usable = part->breaker.state(now) == CircuitState::kClosed ||
                               (part->breaker.is_probe_due(now) && !is_any_closed);
        if (is_usable && use(*part, batch, deadline)) {
            return;
        }
    }
}

/// Whether no other adapter is to be asked.
bool FailoverAdapter::use(Part& part, Batch& batch, Deadline deadline) {
    std::vector<OutboxEntry> entries;
    for (const std::size_t place : batch.open) {
        entries.push_back(batch.entries[place]);
    }
    const bool is_last = &part == parts_.back().get();
    auto outcomes = publish_all(
        part.adapter,
        entries,
        is_last ? deadline : within(options_.attempt_longest, deadline),
        options_.metrics
    );
    judge(part, entries, outcomes, single_out(part, entries, outcomes));
    // What is stopped is the adapter; the entry can still go through another, or later. If others
    // went, the credentials are good, and the refusal is the entry's own.
    const auto instead_of_stopped = is_any(outcomes, Kind::kDelivered) ? Kind::kRetry : Kind::kHeld;
    std::vector<std::size_t> still_open;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        PublishOutcome& outcome = batch.outcomes[batch.open[i]];
        outcome = std::move(outcomes[i]);
        outcome.via = part.adapter.name();
        if (outcome.kind == Kind::kStopped) {
            outcome.kind = instead_of_stopped;
            outcome.is_outage = true;
        }
        if (outcome.retry_after) {
            outcome.retry_after = std::min(*outcome.retry_after, longest_pause());
        }
        if (is_settled(outcome)) {
            batch.by = &part;
        } else {
            still_open.push_back(batch.open[i]);
        }
    }
    batch.open = std::move(still_open);
    // While its circuit is closed a failure is one to retry here: going on to the next adapter at
    // the first one would send single events past those that clients listen to.
    const bool is_well = part.breaker.state(options_.monotonic_now()) == CircuitState::kClosed;
    return is_well || batch.open.empty();
}

/// Those before the one that delivered, if their probe is due; the one that stood in until a moment
/// ago; and, of a change of provider, everyone who may have listeners. None of them decides on an
/// outcome.
void FailoverAdapter::publish_to_others(const Batch& batch, Deadline deadline) {
    const auto delivered = batch.by == nullptr ? std::vector<OutboxEntry>{} : batch.delivered();
    if (delivered.empty() || parts_.size() == 1) {
        return;
    }
    std::vector<OutboxEntry> changes;
    std::ranges::copy_if(delivered, std::back_inserter(changes), is_provider_change);
    const bool is_overlapping = overlapping_ && options_.monotonic_now() < overlap_until_;
    bool is_preferred = true;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        Part& part = *parts_[i];
        const auto now = options_.monotonic_now();
        const auto state = part.breaker.state(now);
        if (&part == batch.by) {
            is_preferred = false;
        } else if (part.breaker.is_probe_due(now) && is_preferred) {
            probe(part, delivered, deadline);
        } else if (state == CircuitState::kClosed && is_overlapping && overlapping_ == i) {
            probe(part, delivered, deadline);
        } else if (state == CircuitState::kClosed && !changes.empty()) {
            probe(part, changes, deadline);
        }
    }
}

void FailoverAdapter::probe(
    Part& part, const std::vector<OutboxEntry>& entries, Deadline deadline
) {
    const Deadline latest = within(kProbeLongest, deadline);
    judge(part, entries, publish_all(part.adapter, entries, latest, options_.metrics), {});
}

std::set<Channel> FailoverAdapter::single_out(
    Part& part, std::span<const OutboxEntry> entries, std::span<PublishOutcome> outcomes
) const {
    using Verdict = UnclearRefusals::Verdict;
    if (is_any(outcomes, Kind::kDelivered)) {
        part.unclear.others_delivered();
    }
    std::set<Channel> channels;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i].kind != Kind::kUnclear) {
            if (is_settled(outcomes[i])) {
                part.unclear.settled(entries[i]);
            }
            continue;
        }
        const auto verdict = part.unclear.refused(entries[i], options_.monotonic_now());
        if (verdict == Verdict::kUnknown) {
            continue;
        }
        channels.insert(entries[i].channel);
        if (verdict == Verdict::kGivenUp) {
            part.unclear.settled(entries[i]);
            outcomes[i].kind = Kind::kRejected;
            outcomes[i].reason.insert(0, "given up, others went: ");
        }
    }
    return channels;
}

void FailoverAdapter::judge(
    Part& part,
    std::span<const OutboxEntry> entries,
    std::span<const PublishOutcome> outcomes,
    const std::set<Channel>& singled_out
) {
    const bool is_any_delivered = is_any(outcomes, Kind::kDelivered);
    const auto stopped = std::ranges::find(outcomes, Kind::kStopped, &PublishOutcome::kind);
    if (!is_any_delivered && stopped != outcomes.end()) {
        stop(part, stopped->reason);
        return;
    }
    const PublishOutcome* failure = nullptr;
    bool is_any_answered = is_any_delivered;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (singled_out.contains(entries[i].channel)) {
            continue;
        }
        const bool is_failure =
            outcomes[i].kind == Kind::kRetry || outcomes[i].kind == Kind::kUnclear;
        if (is_failure) {
            failure = failure == nullptr ? &outcomes[i] : failure;
        } else {
            is_any_answered = true;
        }
    }
    const std::string_view name = part.adapter.name();
    // One that settled anything, even by refusing it in its own form, has answered.
    if (is_any_answered) {
        if (part.breaker.succeed(clock_.now())) {
            log::info("circuit_closed", {{"adapter", name}});
        }
        return;
    }
    if (failure == nullptr) {
        return;  // all there was are entries that are refused by themselves
    }
    const auto pause = std::min(
        failure->retry_after.value_or(std::chrono::milliseconds{0}), options_.retry_after_longest
    );
    const auto now = options_.monotonic_now();
    if (part.breaker.fail(failure->reason, now, clock_.now(), pause)) {
        log::error("circuit_opened", {{"adapter", name}, {"reason", failure->reason}});
    }
}

void FailoverAdapter::stop(Part& part, const std::string& reason) {
    if (part.breaker.stop(reason, options_.monotonic_now(), clock_.now())) {
        log::error(
            "adapter_stopped",
            {{"adapter", part.adapter.name()},
             {"reason", reason},
             {"remedy", "correct its credentials; it is tried again every few minutes"}}
        );
    }
}

void FailoverAdapter::notice_change() {
    const std::size_t current = in_force();
    if (current != last_in_force_) {
        log::warn(
            "provider_changed",
            {{"provider", parts_[current]->adapter.name()},
             {"previous", parts_[last_in_force_]->adapter.name()}}
        );
        overlapping_ = last_in_force_;
        overlap_until_ = options_.monotonic_now() + options_.overlap;
        announced_ = announced_.value_or(last_in_force_);
        last_in_force_ = current;
    }
    if (announced_ == current) {
        announced_.reset();  // and back again, before it could be announced
    }
    if (!announced_ || !on_changed_) {
        return;
    }
    const auto previous = parts_[*announced_]->adapter.name();
    if (on_changed_(previous, parts_[current]->adapter.name())) {
        announced_.reset();
    }
}

std::optional<Deadline> FailoverAdapter::paused_until() const {
    const auto now = options_.monotonic_now();
    std::optional<Deadline> earliest;
    for (const auto& part : parts_) {
        const auto probe_at = part->breaker.probe_at();
        if (!probe_at || *probe_at <= now) {
            return std::nullopt;
        }
        earliest = std::min(earliest.value_or(*probe_at), *probe_at);
    }
    return earliest;
}

std::size_t FailoverAdapter::in_force() const {
    const auto now = options_.monotonic_now();
    std::optional<std::size_t> not_stopped;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const auto state = parts_[i]->breaker.state(now);
        if (state == CircuitState::kClosed) {
            return i;
        }
        if (state != CircuitState::kStopped && !not_stopped) {
            not_stopped = i;
        }
    }
    return not_stopped.value_or(0);
}

std::vector<FailoverAdapter::Member> FailoverAdapter::members() const {
    const auto now = options_.monotonic_now();
    std::vector<Member> members;
    for (const auto& part : parts_) {
        members.push_back({part->adapter.name(), part->breaker.snapshot(now)});
    }
    return members;
}

/// Of an entry. Another adapter may take it once the circuit has opened.
std::chrono::milliseconds FailoverAdapter::longest_pause() const {
    return parts_.size() == 1 ? options_.retry_after_longest : options_.attempt_longest;
}

Deadline FailoverAdapter::within(std::chrono::milliseconds longest, Deadline deadline) const {
    return std::min(deadline, std::chrono::steady_clock::now() + longest);
}

/// What nobody was asked about.
std::vector<PublishOutcome> FailoverAdapter::held(std::size_t count) const {
    constexpr std::chrono::milliseconds kLongest{30'000};
    PublishOutcome outcome{
        .kind = Kind::kHeld,
        .retry_after = kLongest,
        .reason = "every adapter is out of use",
        .is_outage = true};
    if (const auto until = paused_until()) {
        const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(
            *until - options_.monotonic_now()
        );
        outcome.retry_after = std::clamp(wait, std::chrono::milliseconds{0}, kLongest);
    }
    return std::vector<PublishOutcome>(count, outcome);
}

}  // namespace orderpush::usecases
