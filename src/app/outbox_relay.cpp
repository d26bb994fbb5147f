#include "app/outbox_relay.hpp"

#include "app/payload_cut.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <set>
#include <stdexcept>

namespace orderpush::app {
namespace {

/// Claims fail while the database restarts: a short pace, so that kitchens wait little when it is
/// back.
constexpr Backoff kClaimBackoff{
    .first = std::chrono::milliseconds{50}, .ceiling = std::chrono::milliseconds{1'000}};

}  // namespace

OutboxRelay::OutboxRelay(
    Outbox& outbox, PushAdapter& adapter, const Clock& clock, const RelayOptions& options
)
    : outbox_(outbox), adapter_(adapter), clock_(clock), options_(options) {}

OutboxRelay::~OutboxRelay() {
    stop();
}

void OutboxRelay::start() {
    assert(!thread_.joinable());
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void OutboxRelay::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
        outbox_.release();
    }
}

void OutboxRelay::notify() noexcept {
    {
        const std::scoped_lock lock{mutex_};
        is_notified_ = true;
    }
    changed_.notify_one();
}

void OutboxRelay::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        {
            // A commit from here on either is seen by the claim or cuts the wait short.
            const std::scoped_lock lock{mutex_};
            is_notified_ = false;
        }
        std::optional<std::chrono::milliseconds> pause;
        try {
            pause = step();
        } catch (const std::exception& failure) {
            // Last resort: the relay outlives a defect, loudly. What it had in hand is still in the
            // outbox.
            log::error("relay_defect", {{"detail", failure.what()}});
            pause = options_.poll_interval;
        }
        if (pause) {
            wait(stop, *pause);
        }
    }
}

std::optional<std::chrono::milliseconds> OutboxRelay::step() {
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
        return std::nullopt;
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

std::chrono::milliseconds OutboxRelay::wait_after_failure(const Error& error) {
    if (failing_reason_ != error.reason) {
        log::warn(
            "relay_waiting",
            {{"adapter", adapter_.name()}, {"reason", error.reason}, {"detail", error.detail}}
        );
        failing_reason_ = error.reason;
    }
    if (error.code == ErrorCode::kConflict) {
        return options_
            .poll_interval;  // another instance relays; look again at the pace of the net
    }
    return std::max(kClaimBackoff.delay(failures_in_a_row_++), std::chrono::milliseconds{10});
}

Result<std::size_t> OutboxRelay::run_once() {
    const std::size_t limit = std::min(options_.batch_entries_max, adapter_.limits().entries_max);
    auto claimed = outbox_.claim(adapter_.name(), limit, clock_.now());
    if (!claimed) {
        return claimed.error();
    }
    if (claimed->empty()) {
        tell_observers({});
        return std::size_t{0};
    }
    const auto outcomes = publish(*claimed);
    tell_observers(*claimed);
    const Timestamp now = clock_.now();
    std::vector<Settlement> settlements;
    settlements.reserve(claimed->size());
    std::set<Channel> waiting;
    for (std::size_t i = 0; i < claimed->size(); ++i) {
        const OutboxEntry& entry = (*claimed)[i];
        const bool is_behind = waiting.contains(entry.channel);
        if (is_behind) {
            continue;  // not attempted: it waits for the entry before it
        }
        settlements.push_back(settlement_of(entry, outcomes[i], now));
        if (settlements.back().state == Settlement::State::kRetry) {
            waiting.insert(entry.channel);
        }
    }
    const auto settled = outbox_.settle(adapter_.name(), settlements, now);
    if (!settled) {
        return settled.error();
    }
    return claimed->size();
}

void OutboxRelay::tell_observers(std::span<const OutboxEntry> entries) noexcept {
    for (RelayObserver* observer : observers_) {
        observer->relayed(entries);
    }
}

std::vector<PublishOutcome> OutboxRelay::publish(std::vector<OutboxEntry>& entries) {
    const std::size_t bytes_max = adapter_.limits().payload_bytes_max;
    for (OutboxEntry& entry : entries) {
        if (envelope(entry).size() > bytes_max) {
            entry.payload = cut_payload(entry.payload);
        }
    }
    auto outcomes =
        adapter_.publish(entries, std::chrono::steady_clock::now() + options_.publish_deadline);
    if (outcomes.size() != entries.size()) {
        throw std::logic_error("the adapter broke its contract: not one outcome per entry");
    }
    return outcomes;
}

Settlement OutboxRelay::settlement_of(
    const OutboxEntry& entry, const PublishOutcome& outcome, Timestamp now
) {
    Settlement settlement{
        .channel = entry.channel, .seq = entry.seq, .attempts = entry.attempts + 1};
    if (outcome.kind == PublishOutcome::Kind::kDelivered) {
        return settlement;
    }
    settlement.reason = outcome.reason;
    const bool is_final = outcome.kind == PublishOutcome::Kind::kRejected ||
                          settlement.attempts >= options_.attempts_max;
    if (is_final) {
        settlement.state = Settlement::State::kDead;
        log::error(
            "delivery_dead",
            {{"adapter", adapter_.name()},
             {"channel", entry.channel.name()},
             {"seq", entry.seq},
             {"eventId", to_string(entry.event_id)},
             {"attempts", settlement.attempts},
             {"reason", outcome.reason}}
        );
        return settlement;
    }
    // The provider's own word counts over ours.
    const auto own_pause = options_.retry.delay(static_cast<unsigned>(entry.attempts));
    settlement.state = Settlement::State::kRetry;
    settlement.not_before = now + outcome.retry_after.value_or(own_pause);
    earliest_retry_ =
        std::min(earliest_retry_.value_or(*settlement.not_before), *settlement.not_before);
    return settlement;
}

void OutboxRelay::wait(const std::stop_token& stop, std::chrono::milliseconds longest) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, stop, longest, [this] { return is_notified_; });
}

}  // namespace orderpush::app
