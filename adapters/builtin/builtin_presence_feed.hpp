#pragma once

#include "adapters/builtin/builtin_presence.hpp"
#include "base/backoff.hpp"
#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "core/presence/presence_store.hpp"
#include "realtime/hub/hub_observer.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

namespace orderpush {
class Clock;
}

namespace orderpush::adapters {

struct BuiltinPresenceFeedOptions {
    /// Distinguishes this process from others on the same database; not empty.
    std::string instance;
    /// Between rounds that confirm all members; well below the expiry of members.
    std::chrono::milliseconds interval{30'000};
    /// After a failure.
    Backoff backoff{.first = std::chrono::milliseconds{250}, .ceiling = std::chrono::seconds{5}};
    /// Occupied channels that are followed at most; others are not shown, which is logged.
    std::size_t channels_max = 200'000;
};

/// Keeps the store true to who is connected to the hub of this process: a channel whose members
/// changed is read from the hub and written as a whole, so that nothing lost or repeated matters.
/// One thread of its own.
class BuiltinPresenceFeed final : public realtime::HubObserver {
  public:
    /// All outlive it. Hub::observe() is the caller's.
    BuiltinPresenceFeed(
        BuiltinPresence& presence,
        PresenceStore& store,
        const Clock& clock,
        BuiltinPresenceFeedOptions options
    );
    ~BuiltinPresenceFeed() override;

    /// A first round at once.
    void start() { worker_.start(); }
    /// Takes all members out of the store, with one try. Before the shards stop.
    void stop();
    const Worker& worker() const noexcept { return worker_; }

    void on_member_added(const std::string& channel, const realtime::Member& member) override;
    void on_member_removed(const std::string& channel, std::string_view user_id) override;

    /// Writes what changed; all, if a round is due. On the caller's thread. What could not be
    /// written stays changed.
    Result<void> run_once();

  private:
    void mark(const std::string& channel);
    Worker::Pause step(const std::stop_token& stop);
    /// All channels if `is_whole`, else those that changed.
    Result<void> write_due(Timestamp now, bool is_whole);
    std::set<Channel> take(bool is_whole);
    Result<void> write(const Channel& channel);

    BuiltinPresence& presence_;
    PresenceStore& store_;
    const Clock& clock_;
    const BuiltinPresenceFeedOptions options_;
    const PresenceScope scope_;
    /// Of the thread:
    std::optional<Timestamp> whole_at_;
    unsigned failures_ = 0;

    std::mutex mutex_;
    /// Guarded by mutex_:
    std::set<Channel> dirty_;
    std::set<Channel> occupied_;
    Worker worker_;
};

}  // namespace orderpush::adapters
