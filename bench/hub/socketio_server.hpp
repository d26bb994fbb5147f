#pragma once

namespace orderpush::bench {

/// The built-in server without the rest of the service: the one port, one event loop, the hub, the
/// Pusher protocol and Socket.IO, whose clients are all let in as the same cook. What is published
/// on a channel of the restaurant (publish_request(), whose signature is not looked at) is an
/// order's event. Prints "listening PORT"; runs until it is killed.
[[noreturn]] void serve_socketio();

}  // namespace orderpush::bench
