#pragma once

#include "bench/orders/poller.hpp"
#include "bench/orders/restaurant.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace orderpush::realtime::test {
class WebSocketClient;
}

namespace orderpush::bench {

/// The kitchen display of a branch: subscribed to its presence channel over a WebSocket, as
/// pusher-js would be. A thread of its own notes when each order arrived.
class Display {
  public:
    /// Subscribed when it returns. Throws if the service refuses.
    Display(std::uint16_t port, const Restaurant& restaurant, std::size_t branch);
    Display(const Display&) = delete;
    Display& operator=(const Display&) = delete;
    ~Display();

    /// Waits until `count` orders have arrived, at most ten seconds. By serial number, the moment
    /// of the first arrival of each; fewer than `count` if the wait was in vain.
    std::map<std::uint64_t, Moment> arrivals(std::size_t count);

  private:
    void watch();

    /// Only the thread's, but for shutting the socket down.
    const std::unique_ptr<realtime::test::WebSocketClient> client_;

    std::mutex mutex_;
    std::condition_variable changed_;
    /// Guarded by mutex_.
    std::map<std::uint64_t, Moment> arrivals_;

    std::jthread thread_;
};

}  // namespace orderpush::bench
