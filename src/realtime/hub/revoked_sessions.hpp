#pragma once

#include "core/ids.hpp"

#include <cstddef>
#include <deque>
#include <set>

namespace orderpush::realtime {

/// Table sessions whose subscriptions were ended, so that a grant signed before the end is not
/// honoured after it. The oldest is forgotten at the bound. Not synchronised.
class RevokedSessions {
  public:
    explicit RevokedSessions(std::size_t sessions_max) : sessions_max_(sessions_max) {}

    void remember(const SessionId& session) {
        if (sessions_max_ == 0 || !known_.insert(session).second) {
            return;
        }
        order_.push_back(session);
        if (order_.size() > sessions_max_) {
            known_.erase(order_.front());
            order_.pop_front();
        }
    }
    bool contains(const SessionId& session) const { return known_.contains(session); }

  private:
    const std::size_t sessions_max_;
    std::set<SessionId> known_;
    /// The oldest first.
    std::deque<SessionId> order_;
};

}  // namespace orderpush::realtime
