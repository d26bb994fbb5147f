#pragma once

#include "http_server/http_text.hpp"
#include "http_server/server_state.hpp"
#include "http_server/tls_stream.hpp"

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

/// One HTTP connection, on one shard's thread: reads a request, has it answered, writes the answer,
/// again and again. Every step has a deadline.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection> {
  public:
    /// `address`: what the door counts it under.
    HttpConnection(
        std::shared_ptr<ServerState> door,
        std::size_t shard,
        boost::asio::ip::tcp::socket socket,
        realtime::AddressCounts::Entry* address
    );
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;
    ~HttpConnection();

    void start();
    /// The door closes: at once if no request is in hand, else after its answer.
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

    void shake_hands(const TlsCredentials& credentials);
    void await_request();
    /// More bytes of a request, or the first of one.
    void receive();
    void on_received(const boost::system::error_code& error, std::size_t count);
    void read_head();
    /// What there is of the head or body; goes on once that is whole.
    void parse();
    void on_head();
    void read_body();
    void continue_body();
    void on_read_error(const boost::system::error_code& error);
    void on_upgrade();
    std::optional<Problem> check_upgrade() const;
    realtime::UpgradeRequest upgrade_request() const;
    std::string client_address() const;
    void hand_over_upgrade(realtime::UpgradeRequest request);
    void dispatch();
    /// Has it answered by the realtime part, which may take other shards to do it.
    void ask_realtime(std::string_view method, std::string_view path);
    void respond(const realtime::ApiAnswer& answer);
    std::string request_bytes() const;
    void respond(const std::string& response);
    void refuse(const Problem& problem);
    /// For an answer of the door's own to the request in hand.
    std::string cors_headers() const;
    void write(std::string bytes, After after);
    void on_written(const boost::system::error_code& error, After after);
    void linger();
    void discard();
    /// `step` has until then; afterwards its pending operations are cancelled with has_timed_out_
    /// set, until the step is over.
    void enter(Step step, std::chrono::milliseconds timeout);

    std::shared_ptr<ServerState> door_;
    const std::size_t shard_;
    TlsStream stream_;
    realtime::AddressCounts::Entry* const address_;
    boost::beast::flat_buffer buffer_;
    /// Where the parser keeps the fields of a head, without an allocation for each; beyond it, it
    /// allocates.
    std::array<std::byte, kHeadBytes> head_bytes_{};
    std::pmr::monotonic_buffer_resource head_memory_{head_bytes_.data(), head_bytes_.size()};
    std::optional<Parser> parser_;
    std::string remote_address_;
    std::string outgoing_;
    std::size_t discarded_ = 0;
    Deadline deadline_ = Deadline::max();
    Step step_ = Step::kIdle;
    bool has_asked_ = false;
    bool has_timed_out_ = false;
    bool is_gone_ = false;
};

}  // namespace orderpush::http_server
