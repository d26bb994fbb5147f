#pragma once

#include "realtime/event_loop/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace orderpush::bench {

using Moment = std::chrono::steady_clock::time_point;

/// Waits on many sockets and one alarm at once.
class Poller {
  public:
    Poller();

    /// From now on wait() tells `token` whenever `fd` is readable.
    void watch(int fd, std::uint32_t token);
    /// The next wait() ends at that moment, or at once if it has passed. Exact to the kernel's high
    /// resolution timers.
    void set_alarm(Moment at);
    /// Tokens of what is readable. Empty if only the alarm rang, or if nothing happened for ten
    /// seconds.
    const std::vector<std::uint32_t>& wait();

  private:
    realtime::UniqueFd epoll_;
    realtime::UniqueFd alarm_;
    std::vector<std::uint32_t> ready_;
};

}  // namespace orderpush::bench
