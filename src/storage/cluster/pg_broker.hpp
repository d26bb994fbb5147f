#pragma once

#include "base/backoff.hpp"
#include "base/observability/log_limiter.hpp"
#include "core/cluster/broker.hpp"
#include "storage/cluster/hub_log_reader.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace orderpush::storage {

struct PgBrokerOptions {
    /// libpq connection string or URI of the server itself, no transaction pooler.
    std::string url;
    /// Messages, and bytes of them, accepted and not yet in the log.
    std::size_t pending_max = 20'000;
    std::size_t pending_bytes_max = std::size_t{64} * 1024 * 1024;
    /// What goes into the log at one time. A call of publish() with more goes alone.
    std::size_t batch_messages_max = 512;
    std::size_t batch_bytes_max = std::size_t{1} * 1024 * 1024;
    std::chrono::milliseconds poll_interval{1'000};
    /// How long the log is kept. A reader that was away for longer has missed something.
    std::chrono::milliseconds lifetime{120'000};
    /// How long the last message of a name is kept, and how many an instance takes over at its
    /// start.
    std::chrono::milliseconds kept_lifetime{1'800'000};
    int kept_messages_max = 10'000;
    /// Between one removal of what is too old and the next; so many at most each time.
    std::chrono::milliseconds purge_interval{5'000};
    int purge_max = 5'000;
    Backoff reconnect{std::chrono::milliseconds{50}, std::chrono::milliseconds{2'000}};
    /// Called, on its threads, when it cannot connect: see DbPool::make_room().
    std::function<void()> on_no_connection = {};
};

/// The broker over a table of PostgreSQL. One thread appends, with all that has come meanwhile in
/// one statement; one reads, what this instance published included. Connects as needed, and again
/// after a loss.
class PgBroker final : public Broker {
  public:
    /// Connects nothing yet. Throws std::invalid_argument for a URL that cannot be read.
    PgBroker(const InstanceId& instance, PgBrokerOptions options);
    PgBroker(const PgBroker&) = delete;
    PgBroker& operator=(const PgBroker&) = delete;
    /// As stop(), at once.
    ~PgBroker() override;

    const InstanceId& instance() const noexcept override { return instance_; }
    void start(BrokerHandler& handler) override;
    void publish(std::vector<BrokerMessage> messages, Completion completion) override;
    void stop(Deadline deadline) override;

  private:
    /// One call of publish().
    struct PendingBatch {
        std::vector<BrokerMessage> messages;
        std::size_t bytes = 0;
        Completion completion;
    };
    using Parcels = std::vector<PendingBatch>;

    void run(const std::stop_token& stop);
    /// What is there to be appended; nothing if it is time for something else.
    Parcels take(const std::stop_token& stop);
    bool accept(PendingBatch& parcel);
    void append(Parcels parcels);
    bool try_append(const Parcels& parcels);
    /// Whether there is a connection; if not, all that was accepted is refused.
    bool connect();
    void lose(const std::exception& exception);
    void refuse_all();
    /// Whether the own reader knows where it begins; waits a moment for that.
    bool is_reading(const std::stop_token& stop);
    void purge_if_due();
    bool is_done(const std::stop_token& stop);

    const InstanceId instance_;
    const PgBrokerOptions options_;
    HubLogReader reader_;
    std::unique_ptr<Watchdog> watchdog_;

    // Of the appending thread:
    std::unique_ptr<Connection> connection_;
    Deadline purged_at_ = {};
    unsigned failures_ = 0;
    /// Publications come at any rate.
    LogLimiter write_failures_{20};

    std::mutex mutex_;
    std::condition_variable_any changed_;
    /// Guarded by mutex_:
    std::deque<PendingBatch> parcels_;
    std::size_t pending_ = 0;
    std::size_t pending_bytes_ = 0;
    /// Connected, as far as is known.
    bool is_up_ = false;
    /// What is appended from now on is read here too.
    bool is_reading_ = false;
    bool is_stopping_ = false;
    Deadline stop_by_ = {};
    std::jthread thread_;
};

}  // namespace orderpush::storage
