#pragma once

#include "bench/hub/hub_message.hpp"
#include "bench/orders/http_client.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::bench {

inline constexpr std::string_view kBenchBranch = "0190a5c0-7b1c-7def-8123-000000000001";
/// What Socket.IO clients of the measurements listen to.
inline constexpr std::string_view kBenchKitchen = "kitchen:0190a5c0-7b1c-7def-8123-000000000001";

/// Many Socket.IO clients that poll and have joined the kitchen, as light as it gets: one
/// connection each, on which a GET always waits. Checks on each that every publisher's messages
/// come one by one from 0. One thread.
class SocketioPool {
  public:
    /// All have joined when it returns, and wait. Throws if the server refuses one.
    SocketioPool(std::uint16_t port, std::size_t clients, std::size_t publishers);

    std::size_t size() const noexcept { return clients_.size(); }
    int fd(std::size_t client) const { return clients_[client].http.fd(); }

    using Listener = std::function<void(const HubMessage& message)>;
    /// Takes what has come for that client, and polls again. Throws on a message out of its turn,
    /// and when the server ends the session.
    void read(std::size_t client, const Listener& listener);

    /// Messages, and polls that were answered, since the beginning.
    std::uint64_t delivered() const noexcept { return delivered_; }
    std::uint64_t polls() const noexcept { return polls_; }
    std::uint64_t heard(std::size_t client, std::size_t publisher) const {
        return clients_[client].heard[publisher];
    }

  private:
    struct Client {
        HttpClient http;
        std::string get;
        std::vector<std::uint64_t> heard;
    };
    void take(Client& client, std::string_view packet, const Listener& listener);

    std::deque<Client> clients_;
    std::uint64_t delivered_ = 0;
    std::uint64_t polls_ = 0;
};

}  // namespace orderpush::bench
