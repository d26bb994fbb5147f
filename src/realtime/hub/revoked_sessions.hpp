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
    explicit RevokedSessions(std::size_t owners_max) : owners_max_(owners_max) {}

    void remember(const SessionId& owner) {
        if (owners_max_ == 0 || !known_.insert(owner).second) {
            return;
        }
        order_.push_back(owner);
        if (order_.size() > owners_max_) {
            known_.erase(order_.front());
            order_.pop_front();
        }
    }
    bool contains(const SessionId& owner) const { return known_.contains(owner); }

  private:
    const std::size_t owners_max_;
    std::set<SessionId> known_;
    /// The oldest first.
    std::deque<SessionId> order_;
};

}  // namespace orderpush::realtime
