#include "usecases/outgoing_webhooks/outgoing_webhook_recorder.hpp"

#include "base/observability/log.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <set>
#include <utility>

namespace orderpush::usecases {
namespace {

using Kind = ChannelEventKind;
using std::chrono::milliseconds;

/// Seats of dead instances that one round takes away.
constexpr int kSweepMax = 1'000;

bool is_arrival(Kind kind) noexcept {
    return kind == Kind::kOccupied || kind == Kind::kMemberAdded;
}

bool is_departure(Kind kind) noexcept {
    return kind == Kind::kVacated || kind == Kind::kMemberRemoved;
}

/// Whether trying again can help.
bool is_passing(const Error& error) noexcept {
    return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimeout ||
           error.kind == ErrorKind::kConflict;
}

}  // namespace

OutgoingWebhookRecorder::OutgoingWebhookRecorder(
    OutgoingWebhookStore& store,
    OutgoingWebhookTargets& targets,
    IdSource& ids,
    const Clock& clock,
    OutgoingWebhookRecorderOptions options,
    std::function<void()> on_stored
)
    : store_(store),
      targets_(targets),
      ids_(ids),
      clock_(clock),
      options_(std::move(options)),
      on_stored_(std::move(on_stored)),
      instance_(ids.make<WebhookInstanceId>()) {}

OutgoingWebhookRecorder::~OutgoingWebhookRecorder() {
    stop();
}

bool OutgoingWebhookRecorder::wants(
    std::string_view app_id, ChannelEventKind kind, std::string_view channel
) const noexcept {
    return targets_.wants(app_id, kind, channel);
}

OutgoingWebhookRecorder::Seat OutgoingWebhookRecorder::seat_of(const ChannelEvent& event) {
    const bool is_member = event.kind == Kind::kMemberAdded || event.kind == Kind::kMemberRemoved;
    return {event.app_id, event.channel, is_member ? event.user_id.value_or("") : std::string{}};
}

void OutgoingWebhookRecorder::take(ChannelEvent event) noexcept {
    event.id = ids_.make<ChannelEventId>();
    event.at = clock_.now();
    {
        const std::scoped_lock lock{mutex_};
        if (is_departure(event.kind)) {
            take_departure(std::move(event));
        } else if (is_arrival(event.kind)) {
            const bool was_leaving = state_.departures.erase(seat_of(event)) > 0;
            if (!was_leaving) {
                push(std::move(event), options_.moves_max);
            }
        } else if (event.kind == Kind::kSubscriptionCount) {
            take_count(std::move(event));
        } else {
            push(std::move(event), options_.events_max);
        }
    }
    changed_.notify_one();
}

void OutgoingWebhookRecorder::take_departure(ChannelEvent event) {
    if (state_.is_draining) {
        return;
    }
    if (options_.grace == milliseconds{0}) {
        push(std::move(event), options_.moves_max);
        return;
    }
    if (state_.departures.size() >= options_.moves_max) {
        drop(1);
        return;
    }
    Seat seat = seat_of(event);
    Held& held = state_.departures[seat];
    hold(held, std::move(event), std::move(seat), false);
}

void OutgoingWebhookRecorder::take_count(ChannelEvent event) {
    Seat seat = seat_of(event);
    const auto known = state_.counts.find(seat);
    if (known == state_.counts.end() && state_.counts.size() >= options_.moves_max) {
        drop(1);
        return;
    }
    Count& count = known == state_.counts.end() ? state_.counts[seat] : known->second;
    const bool is_fall = count.told && *event.subscribers < *count.told;
    if (count.held && *event.subscribers == *count.told) {
        count.held.reset();  // back to what was told
    } else if (!is_fall || options_.grace == milliseconds{0}) {
        count.held.reset();
        count.told = event.subscribers;
        if (*event.subscribers == 0) {
            state_.counts.erase(seat);
        }
        push(std::move(event), options_.events_max);
    } else if (count.held) {
        count.held->event = std::move(event);  // told when the first fall would have been
    } else {
        hold(count.held.emplace(), std::move(event), std::move(seat), true);
    }
}

void OutgoingWebhookRecorder::hold(Held& held, ChannelEvent event, Seat seat, bool is_count) {
    held.number = ++state_.last_number;
    state_.timers.push_back(
        {.due = event.at + options_.grace,
         .seat = std::move(seat),
         .number = held.number,
         .is_count = is_count}
    );
    held.event = std::move(event);
}

void OutgoingWebhookRecorder::push(ChannelEvent event, std::size_t queued_max) {
    if (state_.queue.size() >= queued_max) {
        drop(1);
        return;
    }
    state_.queue.push_back(std::move(event));
}

void OutgoingWebhookRecorder::release_due(Timestamp now) {
    while (!state_.timers.empty() && state_.timers.front().due <= now) {
        const Timer timer = std::move(state_.timers.front());
        state_.timers.pop_front();
        if (timer.is_count) {
            const auto found = state_.counts.find(timer.seat);
            if (found == state_.counts.end() || !found->second.held ||
                found->second.held->number != timer.number) {
                continue;
            }
            Count& count = found->second;
            count.told = count.held->event.subscribers;
            push(std::move(count.held->event), options_.events_max);
            count.held.reset();
            if (*count.told == 0) {
                state_.counts.erase(found);
            }
            continue;
        }
        const auto found = state_.departures.find(timer.seat);
        if (found != state_.departures.end() && found->second.number == timer.number) {
            push(std::move(found->second.event), options_.moves_max);
            state_.departures.erase(found);
        }
    }
}

void OutgoingWebhookRecorder::drop(std::size_t count) {
    options_.dropped.add(static_cast<double>(count));
    if (const auto left_out = drop_lines_.admit()) {
        log::error("webhook_events_dropped", {{"count", count + *left_out}});
    }
}

void OutgoingWebhookRecorder::start() {
    assert(!thread_.joinable());
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void OutgoingWebhookRecorder::drain() {
    const std::scoped_lock lock{mutex_};
    state_.is_draining = true;
    state_.departures.clear();
}

void OutgoingWebhookRecorder::stop() {
    if (!thread_.joinable()) {
        return;
    }
    drain();
    thread_.request_stop();
    thread_.join();
    if (auto stored = flush(); !stored) {
        log::error("webhook_events_dropped", {{"reason", stored.error().code}});
    }
}

void OutgoingWebhookRecorder::run(const std::stop_token& stop) {
    unsigned failures = 0;
    while (!stop.stop_requested()) {
        wait(stop, next_beat_.value_or(clock_.now()));
        if (stop.stop_requested()) {
            return;
        }
        try {
            const auto done = run_once();
            failures = done ? 0 : failures + 1;
            if (!done) {
                log::warn(
                    "webhook_store_failed",
                    {{"reason", done.error().code}, {"detail", done.error().detail}}
                );
            }
        } catch (const std::exception& failure) {
            // Last resort: the recorder outlives a defect, loudly.
            ++failures;
            log::error("webhook_recorder_defect", {{"detail", failure.what()}});
        }
        if (failures > 0) {
            std::unique_lock lock{mutex_};
            changed_.wait_for(lock, stop, options_.backoff.delay(failures - 1), [] {
                return false;
            });
        }
    }
}

void OutgoingWebhookRecorder::wait(const std::stop_token& stop, Timestamp next_beat) {
    std::unique_lock lock{mutex_};
    Timestamp next = next_beat;
    if (!state_.timers.empty()) {
        next = std::min(next, state_.timers.front().due);
    }
    const auto time = std::max(next - clock_.now(), milliseconds{0});
    const std::size_t timers = state_.timers.size();
    changed_.wait_for(lock, stop, time, [&] {
        return !state_.queue.empty() || !batch_.empty() || (timers == 0 && !state_.timers.empty());
    });
}

Result<void> OutgoingWebhookRecorder::run_once() {
    if (auto beaten = beat(); !beaten) {
        return beaten;
    }
    return flush();
}

/// Nobody needs to know of an instance that tells nothing.
Result<void> OutgoingWebhookRecorder::beat() {
    const Timestamp now = clock_.now();
    if (next_beat_ && now < *next_beat_) {
        return {};
    }
    if (targets_.is_empty()) {
        next_beat_ = now + options_.heartbeat;
        return {};
    }
    const auto swept =
        ORDERPUSH_TRY(store_.keep_seats(instance_, now, now - options_.unseen_max, kSweepMax));
    is_known_ = true;
    next_beat_ = swept == kSweepMax ? now : now + options_.heartbeat;
    if (swept > 0) {
        log::info("webhook_seats_taken_away", {{"count", swept}});
        on_stored_();
    }
    return {};
}

Result<void> OutgoingWebhookRecorder::flush() {
    while (true) {
        if (batch_.empty()) {
            batch_ = take_batch();
        }
        if (batch_.empty()) {
            return {};
        }
        if (!is_known_) {  // its first seat must not be one that nobody would ever take away
            next_beat_.reset();
            if (auto beaten = beat(); !beaten) {
                return beaten;
            }
        }
        if (auto kept = targets_.ensure_in(store_, ids_, clock_.now()); !kept) {
            return kept;
        }
        const auto stored = store_.record(instance_, batch_, clock_.now());
        if (!stored && is_passing(stored.error())) {
            return stored.error();
        }
        if (!stored) {
            log::error(
                "webhook_events_refused",
                {{"reason", stored.error().code}, {"detail", stored.error().detail}}
            );
            drop(batch_.size());
        }
        batch_.clear();
        if (stored && *stored > 0) {
            on_stored_();
        }
    }
}

/// As record() wants it: nobody comes and goes in one batch.
std::vector<ChannelEvent> OutgoingWebhookRecorder::take_batch() {
    const std::scoped_lock lock{mutex_};
    release_due(clock_.now());
    std::vector<ChannelEvent> batch;
    std::set<Seat> moved;
    while (!state_.queue.empty() && batch.size() < options_.batch_max) {
        const ChannelEvent& next = state_.queue.front();
        const bool is_move = is_arrival(next.kind) || is_departure(next.kind);
        if (is_move && !moved.insert(seat_of(next)).second) {
            break;
        }
        batch.push_back(std::move(state_.queue.front()));
        state_.queue.pop_front();
    }
    return batch;
}

}  // namespace orderpush::usecases
