#pragma once

#include "base/memory_use.hpp"
#include "base/result.hpp"
#include "http_server/server_state.hpp"
#include "http_server/tls_stream.hpp"
#include "protocol/http_message.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::http_server {

/// One HTTP connection, on one shard's thread: reads a request, has it answered, writes the
/// response, again and again. Every step has a deadline. A request is parsed here and nowhere else;
/// handlers see views of it, which the connection keeps until the response is written.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection> {
  public:
    /// `address`: what the server counts it under.
    HttpConnection(
        std::shared_ptr<ServerState> server,
        std::size_t shard,
        boost::asio::ip::tcp::socket socket,
        realtime::AddressCounts::Entry* address
    );
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;
    ~HttpConnection();

    void start();
    /// The server stops: closes at once if no request is in hand, else after its response.
    void finish();
    /// Closes at once. Idempotent.
    void drop();
    /// Cancels what a step whose time is over waits for.
    void enforce_deadline(Deadline now);

  private:
    using Parser = boost::beast::http::
        request_parser<boost::beast::http::string_body, std::pmr::polymorphic_allocator<char>>;
    /// Chosen: a target and some six headers, with what the parser keeps for each.
    static constexpr std::size_t kHeadBytes = 768;
    /// Random bytes of a request id that is made here.
    static constexpr std::size_t kRequestIdBytes = 12;
    /// Read at most of what comes behind a request that waits.
    static constexpr std::size_t kWatchBytes = 1024;
    enum class Step : std::uint8_t {
        kHandshake,
        kIdle,
        kHead,
        kBody,
        kHandling,
        kWriting,
        kLingering
    };

    enum class After : std::uint8_t {
        kNextRequest,
        kClose,
        kLinger,  ///< something of the request may be unread, and closing on it would reset the
                  ///< connection
    };

    /// TLS, or somebody who speaks plain HTTP: he gets an answer that he can read, and no more.
    void await_handshake(std::shared_ptr<const TlsCredentials> credentials);
    void shake_hands(const TlsCredentials& credentials);
    void await_request();
    /// More bytes of a request, or the first of one.
    void receive();
    void on_received(const boost::system::error_code& error, std::size_t count);
    void read_head();
    /// What there is of the head or body; goes on once that is whole.
    void parse();
    void on_head();
    // Bodies, and what is kept of them and of answers, in http_connection_memory.cpp.
    void read_body();
    void begin_body();
    void continue_body();
    /// Whether more of the body may be read now; else it is refused, or goes on later.
    bool is_body_admitted();
    /// Has it asked whether the sender may send more than anybody may, and then goes on.
    void ask_for_proof(void (HttpConnection::*then)());
    void on_proof(bool is_proven, void (HttpConnection::*then)());
    /// Counts `bytes` as what the connection keeps. False: there is no room for so many.
    bool keep(std::size_t bytes);
    /// The request was answered: what it brought is needed no more.
    void forget_body();
    void refuse_overload();
    void on_read_error(const boost::system::error_code& error);
    /// Whether it is a request to a path of WebSockets that asks for none.
    bool is_for_websockets() const;
    static protocol::HttpHeaders upgrade_headers();
    void on_upgrade();
    void refuse_upgrade(const Error& error);
    realtime::UpgradeRequest upgrade_request() const;
    bool is_same_origin(std::string_view origin) const;
    std::string client_address() const;
    void hand_over_upgrade(realtime::UpgradeRequest request);
    void dispatch();
    /// The request in hand. Its views last until the next one is read.
    protocol::HttpRequest request() const;
    /// Has it answered by the realtime part, which may take other shards to do it.
    void ask_realtime(const protocol::HttpRequest& request);
    /// Has it answered by whom clients poll, which may take its time; meanwhile the client is
    /// watched.
    void ask_poll(protocol::HttpRequest asked);
    void on_realtime_answered(protocol::HttpResponse response);
    void on_poll_answered(protocol::HttpResponse response);
    /// Calls `then` with the answer on the connection's shard, unless it is gone by then. Any
    /// thread.
    protocol::HttpReply replying(void (HttpConnection::*then)(protocol::HttpResponse response));
    /// Notices the end of a connection whose request waits for its answer.
    void watch_client();
    void on_client_readable(const boost::system::error_code& error);
    /// Has it answered on a thread of the pool.
    void ask_pool(protocol::HttpRequest request);
    /// Nothing: the handler threw.
    void on_answered(const std::optional<protocol::HttpResponse>& response);
    void respond(const protocol::HttpResponse& response);
    void refuse(const Error& error, const protocol::HttpHeaders& further = {});
    /// For a response that the handler of requests does not make: an id, and what lets a page read
    /// it.
    void complete(protocol::HttpResponse& response, std::string request_id) const;
    void write(const protocol::HttpResponse& response, After after);
    void send(std::string_view file, After after);
    void on_written(const boost::system::error_code& error, After after);
    void linger();
    void discard();
    /// `step` has until then; afterwards its pending operations are cancelled with has_timed_out_
    /// set, until the step is over.
    void enter(Step step, std::chrono::milliseconds timeout);

    std::shared_ptr<ServerState> server_;
    const std::size_t shard_;
    TlsStream stream_;
    realtime::AddressCounts::Entry* const address_;
    boost::beast::flat_buffer buffer_;
    /// Where the parser keeps the fields of a head, without an allocation for each; beyond it, it
    /// allocates.
    std::array<std::byte, kHeadBytes> head_bytes_{};
    std::pmr::monotonic_buffer_resource head_memory_{head_bytes_.data(), head_bytes_.size()};
    std::optional<Parser> parser_;
    /// Of the request in hand, once its head was read.
    protocol::HttpTarget target_;
    std::string remote_address_;
    /// Of the poll in hand: the client's, or what our own proxies say.
    std::string client_address_;
    std::string outgoing_;
    MemoryPart memory_;
    /// Null: the address has no bound of its own.
    std::optional<MemoryPart> address_memory_;
    bool is_proven_ = false;
    std::size_t discarded_ = 0;
    Deadline deadline_ = Deadline::max();
    Step step_ = Step::kIdle;
    /// Of a request that waits for its answer: to be called if the client goes.
    HttpServerHandlers::OnGone on_gone_;
    bool has_asked_ = false;
    /// The port speaks TLS, and this peer does not.
    bool is_tls_missing_ = false;
    /// A watch of the client is still to end.
    bool is_watching_ = false;
    bool has_timed_out_ = false;
    bool is_gone_ = false;
};

}  // namespace orderpush::http_server
