#pragma once

#include "bench/latencies.hpp"
#include "bench/orders/restaurant.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace orderpush::bench {

/// Clients that each send their next request as soon as they have the answer to the last.
struct ClosedLoop {
    std::uint16_t port = 0;
    std::size_t clients = 1;
    /// Not measured.
    std::chrono::seconds warm_up{1};
    std::chrono::seconds measured{5};
};

struct Throughput {
    double per_second = 0;
    /// Of the measured requests.
    Latencies answers;
};

struct PlacementThroughput {
    Throughput http;
    /// Orders of the display's branch, warm-up included, and how many of them the display got.
    std::size_t pushable = 0;
    std::size_t pushed = 0;
    /// From the last answer to the last push; how far the relay was behind in the end.
    std::chrono::steady_clock::duration relay_lag{};
};

/// Places orders, client i for guest i, in turns if there are more clients; a display of the first
/// branch is connected. Throws on the first answer that is not 201.
PlacementThroughput measure_placements(const ClosedLoop& loop, const Restaurant& restaurant);
/// GET requests of one path, without Authorization if `token` is empty. Throws on the first answer
/// that is not 200.
Throughput measure_gets(
    const ClosedLoop& loop, const std::string& path, const std::string& token = {}
);

enum class Change {
    kOrderStatus,  ///< PATCH of an order: confirmed, preparing, ready, served, completed
    kBump,         ///< POST …/bump of each of its tickets
};
/// What the kitchen does to orders, from placed to completed; each client places its own ones,
/// which is not measured. Throws on the first answer that is not 200.
Throughput measure_changes(const ClosedLoop& loop, const Restaurant& restaurant, Change change);

}  // namespace orderpush::bench
