#pragma once

#include "realtime/ably/sessions/ably_session.hpp"

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace orderpush::realtime::ably {

/// The connections of one shard, those that were lost and may come back among them, and when each
/// has something to do. On that shard only.
class SessionTable {
  public:
    explicit SessionTable(std::size_t lost_max) : lost_max_(lost_max) {}
    SessionTable(const SessionTable&) = delete;
    SessionTable& operator=(const SessionTable&) = delete;
    ~SessionTable() = default;

    void add(const std::shared_ptr<AblySession>& session);
    /// Null for what is no key of a connection here.
    std::shared_ptr<AblySession> find(std::string_view key) const;
    /// To be called after whatever changed a connection: keeps its times, and forgets it if it has
    /// ended.
    void settle(const AblySession& session);
    void run_due(Deadline now);
    std::size_t size() const noexcept { return sessions_.size(); }

  private:
    using Timers = std::multimap<Deadline, AblySession*>;
    using Lost = std::list<AblySession*>;
    struct Entry {
        std::shared_ptr<AblySession> session;
        Timers::iterator timer;
        Lost::iterator lost;
    };
    /// Keys are views of the sessions' own ids.
    using Sessions = std::unordered_map<std::string_view, Entry>;
    void remove(Sessions::iterator entry);
    void note_lost(Entry& entry);

    const std::size_t lost_max_;
    Sessions sessions_;
    /// Each session once, at its next time or before.
    Timers timers_;
    /// The longest lost first.
    Lost lost_;
};

}  // namespace orderpush::realtime::ably
