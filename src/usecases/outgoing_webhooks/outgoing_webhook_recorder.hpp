#pragma once

#include "base/backoff.hpp"
#include "base/observability/log_limiter.hpp"
#include "base/observability/metrics.hpp"
#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "core/outgoing_webhooks/channel_event_sink.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_targets.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <tuple>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct OutgoingWebhookRecorderOptions {
    /// Who is back by then was never away.
    std::chrono::milliseconds grace{3'000};
    /// Events not stored yet; beyond it only arrivals and departures are taken, up to the second.
    std::size_t events_max = 20'000;
    std::size_t moves_max = 200'000;
    /// Events per commit.
    std::size_t batch_max = 500;
    /// Between two heartbeats of this instance.
    std::chrono::milliseconds heartbeat{5'000};
    /// After a failure of the store.
    Backoff backoff{.first = std::chrono::milliseconds{200}, .ceiling = std::chrono::seconds{5}};
    /// Events given up before they were stored.
    metrics::Counter dropped = {};
};

/// Stores what happens on this instance's channels, within milliseconds, for the endpoints that
/// want it. Departures wait for the grace; an arrival within it cancels them. A fall of the number
/// of subscribers waits as well. One thread of its own; nothing else waits for the database.
class OutgoingWebhookRecorder final : public ChannelEventSink {
  public:
    /// `on_stored` is called on the recorder's thread whenever there is something new to be sent.
    OutgoingWebhookRecorder(
        OutgoingWebhookStore& store,
        OutgoingWebhookTargets& targets,
        IdSource& ids,
        const Clock& clock,
        OutgoingWebhookRecorderOptions options,
        std::function<void()> on_stored
    );
    /// As stop().
    ~OutgoingWebhookRecorder() override;

    bool wants(std::string_view app_id, ChannelEventKind kind, std::string_view channel)
        const noexcept override;
    void take(ChannelEvent event) noexcept override;

    void start() { worker_.start(); }
    /// From now on this instance, which loses its clients, records no departure: those who do not
    /// come back elsewhere are recorded as gone when another instance removes its members.
    void drain();
    /// Tries once more to store what is there.
    void stop();
    const Worker& worker() const noexcept { return worker_; }

    /// One round on the caller's thread, in tests: stores all that is due.
    Result<void> run_once();
    const WebhookInstanceId& instance() const noexcept { return instance_; }

  private:
    /// App, channel, and the member; empty for the channel itself.
    using Subject = std::tuple<std::string, std::string, std::string>;
    struct Held {
        ChannelEvent event;
        std::uint64_t number = 0;
    };
    struct Count {
        /// The number that was recorded last.
        std::optional<std::int64_t> recorded;
        /// Waits to be recorded, since that timer.
        std::optional<Held> held;
    };
    struct Timer {
        Timestamp due;
        Subject subject;
        std::uint64_t number = 0;
        bool is_count = false;
    };
    struct State {
        std::deque<ChannelEvent> queue;
        std::map<Subject, Held> departures;
        std::map<Subject, Count> counts;
        /// In the order of their time; those whose number is no longer held are void.
        std::deque<Timer> timers;
        std::uint64_t last_number = 0;
        bool is_draining = false;
    };

    static Subject subject_of(const ChannelEvent& event);
    // Under the lock.
    void take_departure(ChannelEvent event);
    void take_count(ChannelEvent event);
    void hold(Held& held, ChannelEvent event, Subject subject, bool is_count);
    void push(ChannelEvent event, std::size_t queued_max);
    void release_due(Timestamp now);

    Worker::Pause step(const std::stop_token& stop);
    std::chrono::milliseconds until_next();
    Result<void> beat();
    Result<void> flush();
    std::vector<ChannelEvent> take_batch();
    void drop(std::size_t count);

    OutgoingWebhookStore& store_;
    OutgoingWebhookTargets& targets_;
    IdSource& ids_;
    const Clock& clock_;
    const OutgoingWebhookRecorderOptions options_;
    const std::function<void()> on_stored_;
    const WebhookInstanceId instance_;
    LogLimiter drop_lines_{6};

    std::mutex mutex_;
    State state_;  // guarded by mutex_

    /// Of the thread alone: taken and not stored yet.
    std::vector<ChannelEvent> batch_;
    std::optional<Timestamp> next_beat_;
    /// Whether the store knows that this instance lives.
    bool is_known_ = false;
    unsigned failures_ = 0;
    Worker worker_;
};

}  // namespace orderpush::usecases
