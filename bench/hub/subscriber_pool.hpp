#pragma once

#include "bench/hub/hub_message.hpp"
#include "realtime/event_loop/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::bench {

/// How subscribers speak.
enum class HubClient : std::uint8_t {
    kPusher,
    kSocketio,  ///< Socket.IO on WebSockets: all of them are in the kitchen
};

struct SubscriberPoolOptions {
    std::uint16_t port = 0;
    HubClient client = HubClient::kPusher;
    /// The application's key.
    std::string key;
    std::size_t connections = 1;
    /// Connection i subscribes to hub_channel(i modulo channels).
    std::size_t channels = 1;
    /// Publishers whose messages are to be checked.
    std::size_t publishers = 1;
};

/// Many subscribers, as light as it gets: non-blocking sockets that are read whole and whose frames
/// are looked through for messages. Checks on each connection that every publisher's messages come
/// one by one from 0: so that none was lost, doubled or out of order. One thread.
class SubscriberPool {
  public:
    /// All connected and subscribed when it returns. Throws if the server refuses, or lets one wait
    /// for more than ten seconds.
    explicit SubscriberPool(const SubscriberPoolOptions& options);

    std::size_t size() const noexcept { return connections_.size(); }
    int fd(std::size_t connection) const { return connections_[connection].socket.get(); }

    using Listener = std::function<void(const HubMessage& message)>;
    /// Takes what has come on that connection, and hands on each message, if anybody wants to know.
    /// Throws std::runtime_error on a message out of its turn, and when the server ends the
    /// connection.
    void read(std::size_t connection, const Listener& listener = nullptr);

    /// Messages read since the beginning, over all connections.
    std::uint64_t delivered() const noexcept { return delivered_; }
    /// How many of them a connection has from that publisher.
    std::uint64_t heard(std::size_t connection, std::size_t publisher) const {
        return connections_[connection].heard[publisher];
    }

  private:
    struct Connection {
        realtime::UniqueFd socket;
        /// The beginning of a frame whose rest has not come.
        std::string rest = {};
        std::vector<std::uint64_t> heard = {};
    };
    void open(std::size_t first, std::size_t last, const SubscriberPoolOptions& options);
    void take(Connection& connection, std::string_view frame, const Listener& listener);

    std::vector<Connection> connections_;
    std::vector<char> buffer_;
    std::uint64_t delivered_ = 0;
};

/// Lets this process open as many files as the machine allows.
void allow_all_files();

}  // namespace orderpush::bench
