#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/threads/thread_pool.hpp"
#include "core/events/event_log.hpp"
#include "core/events/recovery_store.hpp"
#include "realtime/socketio/client_recovery.hpp"

#include <set>
#include <string>
#include <vector>

namespace orderpush {

/// Keeps the rooms of Socket.IO clients in the store, and reads what they missed from the outbox,
/// on the threads that requests are answered on. Where their queue is full the answer is
/// kUnavailable. Any thread.
class PooledClientRecovery final : public realtime::ClientRecovery {
  public:
    struct Dependencies {
        ThreadPool& pool;
        RecoveryStore& store;
        EventLog& events;
        const Clock& clock;
    };
    /// All outlive it, and the pool stops before they go.
    explicit PooledClientRecovery(const Dependencies& dependencies) : deps_(dependencies) {}

    void keep(std::string private_id, std::string kept, DoneReply reply) override;
    void find(std::string private_id, KeptReply reply) override;
    void extend(std::vector<std::string> private_ids) override;
    void forget(std::string private_id) override;
    void read_missed(realtime::MissedQuery query, MissedReply reply) override;

  private:
    Result<std::optional<std::string>> find_now(const std::string& private_id);

    const Dependencies deps_;
    /// Keys of those who left by themselves and whose rows are still to be removed: as many as the
    /// pool's queue has room for. Who comes back at once is not taken for one who was lost.
    Guarded<std::multiset<std::string>> forgotten_;
};

/// What a listener missed, of both stores; see MissedQuery. Blocks.
Result<realtime::MissedEvents> read_missed_events(
    RecoveryStore& store, EventLog& events, const realtime::MissedQuery& query
);

}  // namespace orderpush
