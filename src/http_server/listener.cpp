#include "http_server/listener.hpp"

#include "base/observability/log.hpp"
#include "http_server/http_connection.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <string>
#include <utility>

namespace orderpush::http_server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Out of file descriptors, for instance: trying again at once would spin.
constexpr std::chrono::milliseconds kPauseAfterError{100};

Error listen_error(const tcp::endpoint& endpoint, const error_code& error) {
    const std::string port = std::to_string(endpoint.port());
    const bool is_taken = error == asio::error::address_in_use;
    return {
        .kind = ErrorKind::kUnavailable,
        .code = is_taken ? "port_taken" : "listen_failed",
        .message = is_taken ? "Port " + port + " is taken by another process"
                            : "Cannot listen on port " + port,
        .detail = error.message()};
}

}  // namespace

Listener::Listener(std::shared_ptr<ServerState> server)
    : server_(std::move(server)),
      acceptor_(server_->shards.context(0)),
      timer_(server_->shards.context(0)) {}

Result<std::uint16_t> Listener::open() {
    error_code error;
    const auto address = asio::ip::make_address(server_->options.address, error);
    if (error) {
        return Error{
            .kind = ErrorKind::kInvalid,
            .code = "address_invalid",
            .message = "'" + server_->options.address + "' is not an IP address"};
    }
    const tcp::endpoint endpoint{address, server_->options.port};
    const auto opened = [&] {
        return acceptor_.open(endpoint.protocol(), error) ||
               acceptor_.set_option(tcp::acceptor::reuse_address{true}, error) ||
               acceptor_.bind(endpoint, error) ||
               acceptor_.listen(asio::socket_base::max_listen_connections, error);
    };
    if (opened()) {
        error_code ignored;  // the first error is the one to return
        acceptor_.close(ignored);
        return listen_error(endpoint, error);
    }
    const auto port = acceptor_.local_endpoint(error).port();
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->accept(); });
    return port;
}

void Listener::close() {
    error_code ignored;  // closing twice is fine
    acceptor_.close(ignored);
    timer_.cancel();
}

void Listener::accept() {
    const std::size_t shard = next_shard_++ % server_->shards.size();
    acceptor_.async_accept(
        server_->shards.context(shard),
        [self = shared_from_this(), shard](const error_code& error, tcp::socket socket) {
            self->on_accepted(error, shard, std::move(socket));
        }
    );
}

void Listener::on_accepted(const error_code& error, std::size_t shard, tcp::socket socket) {
    if (server_->is_stopping) {
        return;
    }
    if (error && error != asio::error::connection_aborted) {
        log::error("accept_failed", {{"reason", error.message()}});
        pause();
        return;
    }
    if (!error) {
        admit(shard, std::move(socket));
    }
    accept();
}

void Listener::admit(std::size_t shard, tcp::socket socket) {
    error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) {  // gone before it said anything
        return;
    }
    if (auto* const address = server_->admit(peer.address().to_string())) {
        auto connection =
            std::make_shared<HttpConnection>(server_, shard, std::move(socket), address);
        server_->shards.post(shard, [connection] { connection->start(); });
    }
}

void Listener::pause() {
    timer_.expires_after(kPauseAfterError);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
        if (!error) {
            self->accept();
        }
    });
}

}  // namespace orderpush::http_server
