#pragma once

#include "base/result.hpp"
#include "http_server/server_state.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>

namespace orderpush::http_server {

/// Accepts sockets on the first shard and gives each to the next shard in turn.
class Listener : public std::enable_shared_from_this<Listener> {
  public:
    explicit Listener(std::shared_ptr<ServerState> server);

    /// As HttpServer::listen.
    Result<std::uint16_t> open();
    /// On the first shard's thread.
    void close();

  private:
    void accept();
    void on_accepted(
        const boost::system::error_code& error,
        std::size_t shard,
        boost::asio::ip::tcp::socket socket
    );
    void admit(std::size_t shard, boost::asio::ip::tcp::socket socket);
    void pause();

    std::shared_ptr<ServerState> server_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer timer_;
    std::size_t next_shard_ = 0;
};

}  // namespace orderpush::http_server
