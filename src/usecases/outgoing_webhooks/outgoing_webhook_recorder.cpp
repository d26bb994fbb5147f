#include "usecases/outgoing_webhooks/outgoing_webhook_recorder.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace orderpush::usecases {
namespace {

using Kind = ChannelEventKind;
using std::chrono::milliseconds;

/// Members of dead instances that one round removes.
constexpr int kSweepMax = 1'000;
/// After so long without a heartbeat an instance is dead.
constexpr milliseconds kDeadAfter{30'000};

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
      instance_(ids.make<WebhookInstanceId>()),
      worker_("webhook_recorder", [this](const std::stop_token& stop) { return step(stop); }) {}

OutgoingWebhookRecorder::~OutgoingWebhookRecorder() {
    stop();
}

bool OutgoingWebhookRecorder::wants(
    std::string_view app_id, ChannelEventKind kind, std::string_view channel
) const noexcept {
    return targets_.wants(app_id, kind, channel);
}

OutgoingWebhookRecorder::Subject OutgoingWebhookRecorder::subject_of(const ChannelEvent& event) {
    const bool is_member = event.kind == Kind::kMemberAdded || event.kind == Kind::kMemberRemoved;
    return {event.app_id, event.channel, is_member ? event.user_id.value_or("") : std::string{}};
}

void OutgoingWebhookRecorder::take(ChannelEvent event) noexcept {
    event.id = ids_.make<ChannelEventId>();
    event.at = clock_.now();
    bool is_due = false;
    {
        const std::scoped_lock lock{mutex_};
        const bool had_timers = !state_.timers.empty();
        if (is_departure(event.kind)) {
            take_departure(std::move(event));
        } else if (is_arrival(event.kind)) {
            const bool was_leaving = state_.departures.erase(subject_of(event)) > 0;
            if (!was_leaving) {
                push(std::move(event), options_.moves_max);
            }
        } else if (event.kind == Kind::kSubscriptionCount) {
            take_count(std::move(event));
        } else {
            push(std::move(event), options_.events_max);
        }
        // Of timers the first alone shortens a pause: all later ones are due after it.
        is_due = !state_.queue.empty() || (!had_timers && !state_.timers.empty());
    }
    if (is_due) {
        worker_.notify();
    }
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
    Subject subject = subject_of(event);
    Held& held = state_.departures[subject];
    hold(held, std::move(event), std::move(subject), false);
}

void OutgoingWebhookRecorder::take_count(ChannelEvent event) {
    Subject subject = subject_of(event);
    const auto known = state_.counts.find(subject);
    if (known == state_.counts.end() && state_.counts.size() >= options_.moves_max) {
        drop(1);
        return;
    }
    Count& count = known == state_.counts.end() ? state_.counts[subject] : known->second;
    const bool is_fall = count.recorded && *event.subscribers < *count.recorded;
    if (count.held && *event.subscribers == *count.recorded) {
        count.held.reset();  // back to what was recorded
    } else if (!is_fall || options_.grace == milliseconds{0}) {
        count.held.reset();
        count.recorded = event.subscribers;
        if (*event.subscribers == 0) {
            state_.counts.erase(subject);
        }
        push(std::move(event), options_.events_max);
    } else if (count.held) {
        count.held->event = std::move(event);  // recorded when the first fall would have been
    } else {
        hold(count.held.emplace(), std::move(event), std::move(subject), true);
    }
}

void OutgoingWebhookRecorder::hold(Held& held, ChannelEvent event, Subject subject, bool is_count) {
    held.number = ++state_.last_number;
    state_.timers.push_back(
        {.due = event.at + options_.grace,
         .subject = std::move(subject),
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
            const auto found = state_.counts.find(timer.subject);
            if (found == state_.counts.end() || !found->second.held ||
                found->second.held->number != timer.number) {
                continue;
            }
            Count& count = found->second;
            count.recorded = count.held->event.subscribers;
            push(std::move(count.held->event), options_.events_max);
            count.held.reset();
            if (*count.recorded == 0) {
                state_.counts.erase(found);
            }
            continue;
        }
        const auto found = state_.departures.find(timer.subject);
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

void OutgoingWebhookRecorder::drain() {
    const std::scoped_lock lock{mutex_};
    state_.is_draining = true;
    state_.departures.clear();
}

void OutgoingWebhookRecorder::stop() {
    if (!worker_.is_started()) {
        return;
    }
    drain();
    worker_.stop();
    if (auto stored = flush(); !stored) {
        log::error("webhook_events_dropped", {{"reason", stored.error().code}});
    }
}

Worker::Pause OutgoingWebhookRecorder::step(const std::stop_token& stop) {
    const auto done = run_once();
    if (!done) {
        log::warn(
            "webhook_store_failed", {{"reason", done.error().code}, {"detail", done.error().detail}}
        );
        // While the store fails, another event is no reason to try earlier.
        wait_for(stop, options_.backoff.delay(failures_++));
        return milliseconds{0};
    }
    failures_ = 0;
    return until_next();
}

/// Until the next heartbeat or the next timer.
milliseconds OutgoingWebhookRecorder::until_next() {
    const Timestamp now = clock_.now();
    Timestamp next = next_beat_.value_or(now);
    const std::scoped_lock lock{mutex_};
    if (!state_.timers.empty()) {
        next = std::min(next, state_.timers.front().due);
    }
    return std::max(next - now, milliseconds{0});
}

Result<void> OutgoingWebhookRecorder::run_once() {
    if (auto beaten = beat(); !beaten) {
        return beaten;
    }
    return flush();
}

/// An instance that records nothing needs no heartbeat.
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
        ORDERPUSH_TRY(store_.keep_seats(instance_, now, now - kDeadAfter, kSweepMax));
    is_known_ = true;
    next_beat_ = swept == kSweepMax ? now : now + options_.heartbeat;
    if (swept > 0) {
        log::info("webhook_members_removed", {{"count", swept}});
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
        if (!is_known_) {  // without a heartbeat nobody would ever remove its members
            next_beat_.reset();
            if (auto beaten = beat(); !beaten) {
                return beaten;
            }
        }
        if (auto ensured = targets_.ensure_in(store_, ids_, clock_.now()); !ensured) {
            return ensured;
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
    std::set<Subject> moved;
    while (!state_.queue.empty() && batch.size() < options_.batch_max) {
        const ChannelEvent& next = state_.queue.front();
        const bool is_move = is_arrival(next.kind) || is_departure(next.kind);
        if (is_move && !moved.insert(subject_of(next)).second) {
            break;
        }
        batch.push_back(std::move(state_.queue.front()));
        state_.queue.pop_front();
    }
    return batch;
}

}  // namespace orderpush::usecases
