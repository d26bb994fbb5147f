#include "usecases/delivery/outbox_relay.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "core/delivery/delivery_store.hpp"
#include "usecases/delivery/payload_truncation.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace orderpush::usecases {
namespace {

/// Entries taken per claim; also bounds the relay's memory.
constexpr std::size_t kBatchEntriesMax = 256;
constexpr std::size_t kHeldChannelsMax = 10'000;
/// Within this after a claim everything is handed over, or not at all. Shorter than the lease lasts
/// without a word (PgOutboxOptions::idle_session_timeout): one that was frozen meanwhile may find
/// that another has gone on.
constexpr std::chrono::milliseconds kPublishDeadline{6'000};
/// Claims fail while the database restarts: a short pace, so that kitchens wait little when it is
/// back.
constexpr Backoff kClaimBackoff{
    .first = std::chrono::milliseconds{50}, .ceiling = std::chrono::milliseconds{1'000}};

std::string delivery_id_of(std::string_view stream, const OutboxEntry& entry) {
    return to_string(DeliveryKey{
        .stream = std::string{stream}, .channel = entry.channel, .seq = entry.seq});
}

Error relay_overdue() {
    return {
        .kind = ErrorKind::kTimeout,
        .code = "relay_overdue",
        .message = "This instance was held up; what it claimed may be another's by now."};
}

}  // namespace

OutboxRelay::OutboxRelay(
    Outbox& outbox, PushAdapter& adapter, const Clock& clock, const RelayOptions& options
)
    : outbox_(outbox),
      adapter_(adapter),
      clock_(clock),
      options_(options),
      worker_("relay", [this](const std::stop_token&) { return step(); }) {}

OutboxRelay::~OutboxRelay() {
    stop();
}

void OutboxRelay::stop() {
    if (worker_.is_started()) {
        worker_.stop();
        outbox_.release();
        options_.metrics.holds_lease(adapter_.name(), false);
    }
}

Worker::Pause OutboxRelay::step() {
    if (const auto pause = pause_of_adapter()) {
        return pause;
    }
    const auto moved = run_once();
    if (!moved) {
        return wait_after_failure(moved.error());
    }
    if (!failing_reason_.empty()) {
        log::info("relay_running", {{"adapter", adapter_.name()}});
        failing_reason_.clear();
    }
    failures_in_a_row_ = 0;
    if (*moved > 0) {
        return std::chrono::milliseconds{0};  // more may be waiting
    }
    if (!earliest_retry_) {
        return options_.poll_interval;
    }
    const auto until_retry = *earliest_retry_ - clock_.now();
    if (until_retry <= std::chrono::milliseconds{0}) {
        earliest_retry_.reset();  // this round has looked
        return options_.poll_interval;
    }
    return std::min(options_.poll_interval, until_retry);
}

std::optional<std::chrono::milliseconds> OutboxRelay::pause_of_adapter() {
    const auto until = adapter_.paused_until();
    const auto now = std::chrono::steady_clock::now();
    const bool is_paused = until && *until > now;
    if (is_paused != is_paused_) {
        is_paused_ = is_paused;
        log::warn(is_paused ? "relay_paused" : "relay_resumed", {{"stream", adapter_.name()}});
    }
    if (!is_paused) {
        return std::nullopt;
    }
    // Keeps the lease: those who observe the relay have work of their own.
    if (const auto held = outbox_.claim(adapter_.name(), 0, clock_.now()); !held) {
        return wait_after_failure(held.error());
    }
    options_.metrics.holds_lease(adapter_.name(), true);
    notify_observers({});
    const auto left = std::min(*until, now + options_.poll_interval) - now;
    return std::chrono::ceil<std::chrono::milliseconds>(left);
}

std::chrono::milliseconds OutboxRelay::wait_after_failure(const Error& error) {
    options_.metrics.holds_lease(adapter_.name(), false);
    if (failing_reason_ != error.code) {
        log::warn(
            "relay_waiting",
            {{"adapter", adapter_.name()}, {"reason", error.code}, {"detail", error.detail}}
        );
        failing_reason_ = error.code;
    }
    if (error.kind == ErrorKind::kConflict) {
        return options_
            .poll_interval;  // another instance relays; look again at the pace of the net
    }
    return std::max(kClaimBackoff.delay(failures_in_a_row_++), std::chrono::milliseconds{10});
}

Result<std::size_t> OutboxRelay::run_once() {
    const std::size_t limit = std::min(kBatchEntriesMax, adapter_.limits().entries_max);
    // Before the claim: that the lease was held then is known.
    const Deadline deadline = options_.monotonic_now() + kPublishDeadline;
    auto claimed = ORDERPUSH_TRY(outbox_.claim(adapter_.name(), limit, clock_.now()));
    options_.metrics.holds_lease(adapter_.name(), true);
    if (claimed.empty()) {
        notify_observers({});
        return std::size_t{0};
    }
    const std::size_t claimed_count = claimed.size();
    if (options_.monotonic_now() >= deadline) {
        outbox_.release();
        return relay_overdue();
    }
    std::vector<Settlement> settlements = skip_old(claimed, clock_.now());
    const auto outcomes = publish(claimed, deadline);
    notify_observers(claimed);
    const Timestamp now = clock_.now();
    std::set<Channel> waiting;
    std::vector<std::pair<const OutboxEntry*, std::size_t>> attempted;
    for (std::size_t i = 0; i < claimed.size(); ++i) {
        const OutboxEntry& entry = claimed[i];
        const bool is_behind = waiting.contains(entry.channel);
        if (is_behind) {
            continue;  // not attempted: it waits for the entry before it
        }
        attempted.emplace_back(&entry, settlements.size());
        settlements.push_back(settlement_of(entry, outcomes[i], now));
        if (settlements.back().state == Settlement::State::kRetry) {
            waiting.insert(entry.channel);
        }
    }
    ORDERPUSH_TRY(outbox_.settle(adapter_.name(), settlements, now));
    for (const auto& [entry, place] : attempted) {
        report_settled(*entry, settlements[place], now);
    }
    return claimed_count;
}

std::vector<Settlement> OutboxRelay::skip_old(std::vector<OutboxEntry>& entries, Timestamp now)
    const {
    std::vector<Settlement> skipped;
    if (!options_.skip_after) {
        return skipped;
    }
    const auto is_too_old = [&](const OutboxEntry& entry) {
        return !entry.is_resend && entry.occurred_at < now - *options_.skip_after;
    };
    for (const OutboxEntry& entry : entries) {
        if (is_too_old(entry)) {
            skipped.push_back(
                {.channel = entry.channel,
                 .seq = entry.seq,
                 .state = Settlement::State::kSkipped,
                 .attempts = entry.attempts,
                 .reason = "too old for a mirror"}
            );
        }
    }
    std::erase_if(entries, is_too_old);
    return skipped;
}

void OutboxRelay::notify_observers(std::span<const OutboxEntry> entries) noexcept {
    for (RelayObserver* observer : observers_) {
        observer->relayed(entries);
    }
}

std::vector<PublishOutcome> OutboxRelay::publish(
    std::vector<OutboxEntry>& entries, Deadline deadline
) {
    if (entries.empty()) {
        return {};
    }
    const std::size_t bytes_max = adapter_.limits().payload_bytes_max;
    for (OutboxEntry& entry : entries) {
        cut_to_fit(entry, bytes_max);
    }
    auto outcomes = adapter_.publish(entries, deadline);
    if (outcomes.size() != entries.size()) {
        throw std::logic_error("the adapter broke its contract: not one outcome per entry");
    }
    return outcomes;
}

Settlement OutboxRelay::settlement_of(
    const OutboxEntry& entry, const PublishOutcome& outcome, Timestamp now
) {
    using Kind = PublishOutcome::Kind;
    const bool is_attempt = outcome.kind != Kind::kHeld && outcome.kind != Kind::kStopped;
    Settlement settlement{
        .channel = entry.channel,
        .seq = entry.seq,
        .attempts = entry.attempts + (is_attempt ? 1 : 0),
        .via = outcome.via.empty() ? std::string{adapter_.name()} : outcome.via};
    if (outcome.kind == Kind::kDelivered) {
        settlement.not_before = due_after_hold(entry, now);
        return settlement;
    }
    settlement.reason = outcome.reason;
    const bool is_final = outcome.kind == Kind::kRejected ||
                          (is_attempt && settlement.attempts >= options_.attempts_max);
    if (is_final) {
        settlement.state = Settlement::State::kDead;
        log::error(
            "delivery_dead",
            {{"deliveryId", delivery_id_of(adapter_.name(), entry)},
             {"stream", adapter_.name()},
             {"adapter", settlement.via},
             {"channel", entry.channel.name()},
             {"seq", entry.seq},
             {"eventId", to_string(entry.event_id)},
             {"attempts", settlement.attempts},
             {"reason", outcome.reason}}
        );
        return settlement;
    }
    // The provider's own word counts over ours.
    const auto own_pause = outcome.kind == Kind::kStopped
                               ? options_.retry.ceiling
                               : options_.retry.delay(static_cast<unsigned>(entry.attempts));
    settlement.state = Settlement::State::kRetry;
    settlement.not_before = now + outcome.retry_after.value_or(own_pause);
    earliest_retry_ =
        std::min(earliest_retry_.value_or(*settlement.not_before), *settlement.not_before);
    if (outcome.kind == Kind::kHeld && !outcome.is_outage) {
        remember_hold(entry.channel, *settlement.not_before);
    }
    return settlement;
}

void OutboxRelay::remember_hold(const Channel& channel, Timestamp until) {
    if (held_until_.size() >= kHeldChannelsMax) {
        held_until_.clear();  // some of their waits count as latency then
    }
    held_until_.insert_or_assign(channel, until);
}

/// What stands behind a held entry waits with it, without a row of its own: so it is the channel
/// that is remembered.
std::optional<Timestamp> OutboxRelay::due_after_hold(const OutboxEntry& entry, Timestamp now) {
    const auto held = held_until_.find(entry.channel);
    if (held == held_until_.end()) {
        return std::nullopt;
    }
    if (held->second <= entry.occurred_at) {
        held_until_.erase(held);
        return std::nullopt;
    }
    return std::min(held->second, now);
}

/// Nothing where the adapter was not called. What it delivered is most of the lines.
void OutboxRelay::report_settled(
    const OutboxEntry& entry, const Settlement& settlement, Timestamp now
) const {
    const bool is_attempt = settlement.attempts > entry.attempts;
    if (!is_attempt) {
        return;
    }
    // What is sent again on purpose was on its way before.
    const auto due_at =
        std::max(entry.occurred_at, settlement.not_before.value_or(entry.occurred_at));
    const auto latency = now - due_at;
    options_.metrics.settled(settlement, entry.is_resend ? std::nullopt : std::optional{latency});
    const bool is_delivered = settlement.state == Settlement::State::kDelivered;
    if (settlement.state == Settlement::State::kDead) {
        return;  // logged as delivery_dead
    }
    log::write(
        is_delivered ? log::Level::kDebug : log::Level::kInfo,
        is_delivered ? "delivery_done" : "delivery_retry",
        {{"deliveryId", delivery_id_of(adapter_.name(), entry)},
         {"stream", adapter_.name()},
         {"adapter", settlement.via},
         {"channel", entry.channel.name()},
         {"seq", entry.seq},
         {"eventId", to_string(entry.event_id)},
         {"attempts", settlement.attempts},
         {"reason", settlement.reason}}
    );
}

}  // namespace orderpush::usecases
