#pragma once

#include "base/threads/thread_pool.hpp"
#include "core/events/event_log.hpp"
#include "core/tables/session_store.hpp"
#include "realtime/ably/recorded_events.hpp"

namespace orderpush {

/// Reads the outbox for Ably's clients, on the threads that requests are answered on. Where their
/// queue is full the answer is kUnavailable. Any thread.
class PooledRecordedEvents final : public realtime::ably::RecordedEvents {
  public:
    /// All outlive it, and `pool` stops before they go.
    PooledRecordedEvents(ThreadPool& pool, EventLog& events, SessionStore& sessions)
        : pool_(pool), events_(events), sessions_(sessions) {}

    void read(realtime::ably::RecordedQuery query, Reply reply) override;

  private:
    Result<realtime::ably::RecordedPage> read_now(const realtime::ably::RecordedQuery& query);

    ThreadPool& pool_;
    EventLog& events_;
    SessionStore& sessions_;
};

}  // namespace orderpush
