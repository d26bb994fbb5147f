#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace orderpush::realtime {

/// What one Pusher application allows its clients, as the hosted service's dashboard has it. The
/// defaults are the hosted service's limits; where that has none, its own.
struct PusherAppOptions {
    /// Whether clients may send `client-` events to each other.
    bool has_client_events = false;
    /// Whether subscribers get to know how many they are (`pusher_internal:subscription_count`).
    bool has_subscription_counts = false;
    /// A connection that has neither signed in nor joined a channel with a signature by then is
    /// closed with 4009. 0: it may stay.
    std::chrono::seconds authorization_timeout{0};
    /// Connections at one time; further ones are closed with 4100. 0: no bound but the server's.
    std::size_t connections_max = 0;
    /// Of one connection.
    std::size_t subscriptions_max = 1'000;
    /// Client events of one connection; more get `pusher:error` 4301 and are dropped.
    std::uint32_t client_events_per_second_max = 10;
    /// Messages of one connection, pings apart (kPingRate), over a longer time; ten seconds' worth
    /// may come at once. More get `pusher:error` and are dropped; after as many again it is closed
    /// with 4100.
    std::uint32_t messages_per_second_max = 100;
    /// `data` of a client event, in bytes.
    std::size_t event_data_bytes_max = 10'240;
};

}  // namespace orderpush::realtime
