#pragma once

#include "bench/latencies.hpp"
#include "bench/orders/restaurant.hpp"

#include <chrono>
#include <cstdint>

namespace orderpush::bench {

/// Orders at fixed times, whatever the service does: order n is due at begin + n / rate. One that
/// is due while all connections wait for answers is sent as soon as one is free.
struct OpenLoop {
    std::uint16_t port = 0;
    int orders_per_second = 100;
    /// Not measured.
    std::chrono::seconds warm_up{5};
    std::chrono::seconds measured{30};
};

struct PushLatency {
    /// From the moment the POST was sent to the event at the display.
    Latencies sent_to_event;
    /// From the moment it was due: counts the time it had to wait for a connection, too.
    Latencies due_to_event;
    /// From the moment it was sent to its 201.
    Latencies sent_to_answer;
    /// Measured orders whose event never came.
    std::size_t lost = 0;
};

/// Orders of the first branch's guests, with that branch's display. Throws on the first answer that
/// is not 201.
PushLatency measure_push(const OpenLoop& loop, const Restaurant& restaurant);

}  // namespace orderpush::bench
