#pragma once

#include "base/backoff.hpp"
#include "base/threads/worker.hpp"
#include "core/cluster/broker.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace orderpush::storage {

class Connection;
class Watchdog;

struct HubLogReaderOptions {
    /// libpq connection string or URI of the server itself: it listens, so no transaction pooler.
    std::string url;
    /// How often the log is looked at when no notification came.
    std::chrono::milliseconds poll_interval{1'000};
    /// Batches per read.
    int batches_max = 16;
    /// Kept messages are taken over if they are not older than this, and so many at most.
    std::chrono::milliseconds kept_age_max{0};
    int kept_messages_max = 0;
    Backoff reconnect{std::chrono::milliseconds{50}, std::chrono::milliseconds{2'000}};
    /// Called, on the reading thread, when it cannot connect: see DbPool::make_room().
    std::function<void()> on_no_connection = {};
};

/// Reads the log of broadcasts in its order, on a thread and a connection of its own, and hands it
/// to the handler. After a lost connection it goes on where it was.
class HubLogReader {
  public:
    /// Throws std::invalid_argument for a URL that cannot be read.
    explicit HubLogReader(HubLogReaderOptions options);
    HubLogReader(const HubLogReader&) = delete;
    HubLogReader& operator=(const HubLogReader&) = delete;
    /// As stop().
    ~HubLogReader();

    /// `on_begun` is called once, on the reading thread, when the place is known from which on
    /// everything is read. `handler` outlives stop(). Once.
    void start(BrokerHandler& handler, std::function<void()> on_begun);
    /// Waits for what the handler has in hand, but not for the server.
    void stop();

  private:
    /// A batch that was read, by which its like after a crash of the server is told from it.
    struct Place {
        std::int64_t id = 0;
        std::string created_at;
    };

    Worker::Pause step(const std::stop_token& stop);
    /// Until `stop`, or an exception of the connection.
    void follow(const std::stop_token& stop);
    void find_place(Connection& connection);
    void begin(Connection& connection);
    void resume(Connection& connection);
    /// Whether there may be more at once.
    bool read_some(Connection& connection);
    void tell_gap(const char* cause, std::int64_t batches);
    void hand_over(const InstanceId& origin, std::string_view lines);
    /// The connection that stop() has to wake; null: none.
    void expose(Connection* connection);

    const HubLogReaderOptions options_;
    std::unique_ptr<Watchdog> watchdog_;
    BrokerHandler* handler_ = nullptr;
    std::function<void()> on_begun_;
    // Of the reading thread:
    bool has_begun_ = false;
    Place place_;
    unsigned failures_ = 0;

    std::mutex mutex_;
    /// Guarded by mutex_:
    Connection* exposed_ = nullptr;
    Worker worker_;
};

}  // namespace orderpush::storage
