#pragma once

#include "bench/hub/subscriber_pool.hpp"
#include "bench/latencies.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace orderpush::bench {

/// The server under measurement: its port, and the application as which to publish.
struct HubTarget {
    std::uint16_t port = 0;
    protocol::PusherApp app;
    /// How those subscribe who are published to.
    HubClient client = HubClient::kPusher;
};

struct FanOut {
    std::size_t subscribers = 1000;
    /// The subscribers are spread evenly over them.
    std::size_t channels = 1;
    /// Publications under way at one time, each on a connection of its own and to one channel.
    std::size_t outstanding = 16;
    std::chrono::seconds warm_up{1};
    std::chrono::seconds measured{3};
};

struct FanOutResult {
    double deliveries_per_second = 0;
    double publications_per_second = 0;
};

/// As fast as it goes. Throws if a message was lost, doubled, or out of order, anywhere.
FanOutResult measure_fan_out(const HubTarget& target, const FanOut& load);

struct SteadyLoad {
    std::size_t subscribers = 100;
    std::size_t publications_per_second = 200;
    std::chrono::seconds warm_up{1};
    std::chrono::seconds measured{5};
};

/// From the moment a publication is due to its arrival at each subscriber of one channel.
Latencies measure_steady(const HubTarget& target, const SteadyLoad& load);

/// Publications a second to a channel without subscribers, so many under way at one time.
double measure_posts(
    const HubTarget& target, std::size_t outstanding, std::chrono::seconds measured
);

/// Publications a second, each to one of so many channels in turn, of which a hundred have one
/// subscriber each. All channels have been published to before it is measured.
FanOutResult measure_channels(
    const HubTarget& target, std::size_t channels, std::chrono::seconds measured
);

struct Memory {
    /// Of the server, in KB.
    std::size_t before = 0;
    std::size_t with_connections = 0;
    std::size_t after = 0;
};

/// Resident memory of the process `server` before so many connections subscribe to 100 channels,
/// while they are idle, and when they have gone; that many rounds of it, the figures of the last.
Memory measure_memory(
    const HubTarget& target, int server, std::size_t connections, std::size_t rounds
);
/// The same of whatever `connect` makes, and keeps connected as long as what it returns lives.
Memory measure_memory(
    int server, std::size_t rounds, const std::function<std::shared_ptr<void>()>& connect
);

}  // namespace orderpush::bench
