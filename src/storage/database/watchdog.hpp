#pragma once

#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <set>
#include <utility>

namespace orderpush::storage {

class Connection;

/// Ends waits for a server that no longer answers at all (frozen, or cut off): its own timeouts
/// need it alive. Once a second it interrupts connections whose call is overdue.
class Watchdog {
  public:
    /// `longest_call` is how long a call may wait before its connection is interrupted.
    explicit Watchdog(std::chrono::milliseconds longest_call);
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog() = default;

    /// While it lives, `connection` is being watched. Any thread.
    class Watch {
      public:
        Watch(Watchdog& watchdog, const Connection& connection);
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        ~Watch();

      private:
        Watchdog& watchdog_;
        std::pair<Deadline, const Connection*> entry_;
    };

  private:
    /// The number of calls that were overdue.
    std::size_t interrupt_overdue();

    const std::chrono::milliseconds longest_call_;
    std::mutex mutex_;
    std::set<std::pair<Deadline, const Connection*>> calls_;
    Worker worker_;
};

}  // namespace orderpush::storage
