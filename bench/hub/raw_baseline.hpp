#pragma once

#include <cstdint>

namespace orderpush::bench {

/// The least program that does what a hub does: one thread, epoll, one gathered write per socket
/// and turn of the loop. It takes the swarm's upgrades and subscriptions and the publications of
/// publish_request() in one piece each, and checks nothing. Prints "listening PORT"; runs until
/// it is killed.
[[noreturn]] void serve_hub_floor();

/// A Beast server that answers every POST with "{}", on one thread: what a publication costs at
/// least over HTTP. Prints "listening PORT"; runs until it is killed.
[[noreturn]] void serve_http_floor();

}  // namespace orderpush::bench
