#pragma once

#include "bench/hub/hub_load.hpp"
#include "bench/latencies.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace orderpush::bench {

struct PollingLoad {
    std::size_t clients = 1000;
    std::size_t publications_per_second = 25;
    std::chrono::seconds warm_up{2};
    std::chrono::seconds measured{5};
};

struct PollingResult {
    /// Of the server while it was measured: user and system time, in seconds.
    double cpu_seconds = 0;
    std::uint64_t deliveries = 0;
    /// Answered polls; less than deliveries where several events came with one.
    std::uint64_t polls = 0;
    /// From the moment a publication is due to its arrival at each client.
    Latencies latencies;
};

/// Events to clients that poll, at a fixed rate, and what they cost the process `server`. Throws if
/// one was lost, doubled or out of order, anywhere.
PollingResult measure_polls(const HubTarget& target, int server, const PollingLoad& load);

/// Resident memory of clients that poll, each with a poll that waits: see measure_memory().
Memory measure_polling_memory(
    const HubTarget& target, int server, std::size_t clients, std::size_t rounds
);

}  // namespace orderpush::bench
