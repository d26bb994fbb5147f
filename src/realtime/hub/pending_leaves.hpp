#pragma once

#include "base/timestamp.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderpush::realtime {

/// What was left by a connection that was lost, and is announced later unless somebody is back.
struct PendingLeave {
    std::string channel;
    /// Presence channels: who left.
    std::optional<std::string> user_id;
    Deadline left_at;
};

/// The leaves of one shard's channels that are not announced yet, in the order in which they
/// happened. Bounded. Touched by that shard's thread only.
class PendingLeaves {
  public:
    /// Nothing beyond this waits: the oldest is due at once.
    static constexpr std::size_t kMax = 100'000;

    void add(PendingLeave leave) { waiting_.push_back(std::move(leave)); }
    /// Takes out what was left by `latest`.
    std::vector<PendingLeave> take_due(Deadline latest) {
        std::vector<PendingLeave> due;
        while (!waiting_.empty() && (waiting_.front().left_at <= latest || waiting_.size() > kMax)
        ) {
            due.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
        }
        return due;
    }

  private:
    std::deque<PendingLeave> waiting_;
};

}  // namespace orderpush::realtime
