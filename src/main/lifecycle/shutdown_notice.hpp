#pragma once

#include "base/timestamp.hpp"

#include <condition_variable>
#include <mutex>

namespace orderpush {

/// The time between saying that the service stops and stopping, in which load balancers notice.
class ShutdownNotice {
  public:
    /// Returns at that time, or as soon as skip() was called.
    void wait_until(Deadline time);
    /// Whoever waits, or will, waits no longer. Any thread.
    void skip();

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    /// Guarded by mutex_:
    bool is_skipped_ = false;
};

}  // namespace orderpush
