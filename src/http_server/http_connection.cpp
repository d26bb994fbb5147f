#include "http_server/http_connection.hpp"

#include "base/coarse_clock.hpp"
#include "base/observability/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace orderpush::http_server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

/// What is still read of a request that was refused, so that the client gets to read why before it
/// sees a reset.
constexpr std::size_t kDiscardBytesMax = 4 * 1024 * 1024;
/// What an idle connection keeps to read into; most requests fit. Beyond it, as much at a time.
constexpr std::size_t kReadBytes = 1024;
constexpr std::size_t kReadBytesOfLarge = 16 * 1024;

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// Headers that concern one connection only, or that the re-serialised request has in a form of its
/// own.
bool is_hop_header(http::field name) {
    switch (name) {
        case http::field::connection:
        case http::field::keep_alive:
        case http::field::transfer_encoding:
        case http::field::content_length:
        case http::field::expect:
        case http::field::upgrade:
        case http::field::te:
        case http::field::trailer:
            return true;
        default:
            return false;
    }
}

/// Empty if the handler threw.
std::string answer(const ServerState& door, std::string request, std::string remote_address) {
    try {
        return door.handlers.request(std::move(request), std::move(remote_address));
    } catch (const std::exception& fault) {
        log::error("request_handler_failed", {{"reason", fault.what()}});
        return {};
    }
}

}  // namespace

HttpConnection::HttpConnection(
    std::shared_ptr<ServerState> door,
    std::size_t shard,
    asio::ip::tcp::socket socket,
    realtime::AddressCounts::Entry* address
)
    : door_(std::move(door)), shard_(shard), stream_(std::move(socket)), address_(address) {}

HttpConnection::~HttpConnection() {
    drop();
}

void HttpConnection::start() {
    door_->sessions[shard_].insert(this);
    error_code error;
    const auto remote = stream_.socket().remote_endpoint(error);
    if (error) {  // gone before it said anything
        drop();
        return;
    }
    remote_address_ = remote.address().to_string();
    stream_.socket().set_option(asio::ip::tcp::no_delay{true}, error);
    if (error) {
        drop();
        return;
    }
    if (const auto credentials = door_->credentials()) {
        shake_hands(*credentials);
        return;
    }
    await_request();
}

void HttpConnection::shake_hands(const TlsCredentials& credentials) {
    if (!stream_.secure(credentials)) {
        log::error("tls_session_failed");
        drop();
        return;
    }
    enter(Step::kHandshake, door_->options.handshake_timeout);
    stream_.async_handshake([self = shared_from_this()](const error_code& error) {
        if (self->is_gone_) {
            return;
        }
        if (error) {
            self->drop();
            return;
        }
        self->await_request();
    });
}

void HttpConnection::enter(Step step, std::chrono::milliseconds timeout) {
    step_ = step;
    has_timed_out_ = false;
    deadline_ = coarse_now() + timeout;
}

void HttpConnection::enforce_deadline(Deadline now) {
    if (now < deadline_ || is_gone_) {
        return;
    }
    // The operation may have succeeded already, with only its handler still to run: then there was
    // nothing to cancel, and the next look cancels what the step goes on with.
    has_timed_out_ = true;
    stream_.cancel();
}

void HttpConnection::await_request() {
    parser_.reset();
    head_memory_.release();
    if (buffer_.size() > 0) {
        read_head();
        return;
    }
    if (door_->is_stopping) {
        drop();
        return;
    }
    if (buffer_.capacity() > kReadBytes) {
        buffer_ = {};
    }
    const auto& options = door_->options;
    enter(
        Step::kIdle,
        has_asked_ ? options.idle_timeout : std::min(options.first_timeout, options.idle_timeout)
    );
    receive();
}

void HttpConnection::receive() {
    const std::size_t size =
        buffer_.size() < kReadBytes ? kReadBytes - buffer_.size() : kReadBytesOfLarge;
    stream_.async_read_some(
        buffer_.prepare(size),
        [self = shared_from_this()](const error_code& error, std::size_t count) {
            self->on_received(error, count);
        }
    );
}

void HttpConnection::on_received(const error_code& error, std::size_t count) {
    if (is_gone_) {
        return;
    }
    buffer_.commit(count);
    if (error && step_ == Step::kIdle) {
        drop();
    } else if (error) {
        on_read_error(error);
    } else if (step_ == Step::kIdle) {
        read_head();
    } else {
        parse();
    }
}

void HttpConnection::read_head() {
    has_asked_ = true;
    parser_.emplace(
        std::piecewise_construct,
        std::make_tuple(),
        std::make_tuple(std::pmr::polymorphic_allocator<char>{&head_memory_})
    );
    parser_->header_limit(door_->options.head_bytes_max);
    parser_->body_limit(door_->options.body_bytes_max);
    enter(Step::kHead, door_->options.head_timeout);
    parse();
}

void HttpConnection::parse() {
    const auto is_whole = [this] {
        return step_ == Step::kHead ? parser_->is_header_done() : parser_->is_done();
    };
    while (!is_whole()) {
        error_code error = http::error::need_more;
        if (buffer_.size() > 0) {
            buffer_.consume(parser_->put(buffer_.data(), error));
        }
        if (error == http::error::need_more) {
            receive();
            return;
        }
        if (error) {
            on_read_error(error);
            return;
        }
    }
    step_ == Step::kHead ? on_head() : dispatch();
}

void HttpConnection::on_head() {
    const auto& request = parser_->get();
    // Beast refuses a length beside chunked, and two lengths; a coding that we do not know would
    // hide where the body ends.
    if (request.find(http::field::transfer_encoding) != request.end() && !parser_->chunked()) {
        refuse(
            {400,
             "transfer_encoding_unsupported",
             "Send the body with a Content-Length or in chunks, without another coding."}
        );
        return;
    }
    // RFC 9112, section 3.2.
    const auto hosts = request.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && request.version() >= 11)) {
        refuse({400, "host_missing", "Send the header Host, and only once."});
        return;
    }
    if (!beast::websocket::is_upgrade(request)) {
        read_body();
        return;
    }
    on_upgrade();
}

void HttpConnection::on_read_error(const error_code& error) {
    if (has_timed_out_) {
        refuse({408, "request_timeout", "The request did not arrive whole in time."});
    } else if (error == http::error::header_limit) {
        refuse({431, "head_too_large", "The request line and headers are too large."});
    } else if (error == http::error::body_limit) {
        refuse({413, "body_too_large", "The body is too large."});
    } else if (error == http::error::end_of_stream || error == http::error::partial_message) {
        drop();
    } else if (error.category() == http::make_error_code(http::error::bad_method).category()) {
        refuse({400, "bad_request", "The request is not valid HTTP/1.1."});
    } else {
        drop();
    }
}

void HttpConnection::read_body() {
    enter(Step::kBody, door_->options.body_timeout);
    const auto& request = parser_->get();
    const auto expect = request.find(http::field::expect);
    if (expect == request.end() || request.version() < 11) {
        continue_body();
        return;
    }
    if (!beast::iequals(expect->value(), "100-continue")) {
        refuse({417, "expectation_unknown", "The only expectation known is 100-continue."});
        return;
    }
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(
        stream_,
        asio::buffer(kContinue),
        [self = shared_from_this()](const error_code& error, std::size_t) {
            if (self->is_gone_) {
                return;
            }
            if (error) {
                self->drop();
                return;
            }
            self->continue_body();
        }
    );
}

void HttpConnection::continue_body() {
    parser_->eager(true);
    parse();
}

void HttpConnection::dispatch() {
    // The handler's own time is the handler's to bound: nothing is pending here that could be
    // cancelled.
    step_ = Step::kHandling;
    deadline_ = Deadline::max();
    const auto& request = parser_->get();
    const std::string_view target = view(request.target());
    const std::string_view path = target.substr(0, target.find('?'));
    const std::string_view method = view(request.method_string());
    if (door_->handlers.realtime_api &&
        realtime::is_api_request(
            method, realtime::without_prefix(path, door_->options.realtime_prefix)
        )) {
        ask_realtime(method, path);
        return;
    }
    if (door_->handlers.is_inline(method, path)) {
        respond(answer(*door_, request_bytes(), remote_address_));
        return;
    }
    const bool is_queued = door_->pool.submit(
        [self = shared_from_this(), bytes = request_bytes(), remote = remote_address_] {
            asio::post(
                self->stream_.get_executor(),
                [self, response = answer(*self->door_, bytes, remote)] {
                    if (!self->is_gone_) {
                        self->respond(response);
                    }
                }
            );
        }
    );
    if (!is_queued) {
        door_->options.queue_full.add();
        refuse(
            {503,
             "overloaded",
             "The service has more requests in hand than it can take; try again in a moment.",
             "Retry-After: 1\r\n"}
        );
    }
}

std::string HttpConnection::request_bytes() const {
    const auto& request = parser_->get();
    std::string bytes;
    bytes.reserve(512 + request.body().size());
    bytes.append(view(request.method_string())).append(" ");
    bytes.append(view(request.target())).append(" HTTP/1.1\r\n");
    for (const auto& field : request) {
        if (!is_hop_header(field.name())) {
            bytes.append(view(field.name_string()))
                .append(": ")
                .append(view(field.value()))
                .append("\r\n");
        }
    }
    bytes.append("Content-Length: ")
        .append(std::to_string(request.body().size()))
        .append("\r\n\r\n");
    bytes += request.body();
    return bytes;
}

void HttpConnection::respond(const std::string& response) {
    if (response.empty()) {
        refuse(kInternalProblem);
        return;
    }
    const bool is_kept_alive =
        parser_->get().keep_alive() && !door_->is_draining && !door_->is_stopping;
    std::string bytes = with_connection_headers(
        response,
        is_kept_alive,
        std::chrono::duration_cast<std::chrono::seconds>(door_->options.idle_timeout)
    );
    if (bytes.empty()) {
        log::error("response_malformed", {{"bytes", response.size()}});
        refuse(kInternalProblem);
        return;
    }
    write(std::move(bytes), is_kept_alive ? After::kNextRequest : After::kClose);
}

void HttpConnection::refuse(const Problem& problem) {
    write(problem_response(problem, cors_headers()), After::kLinger);
}

std::string HttpConnection::cors_headers() const {
    if (!door_->handlers.cors_headers) {
        return {};
    }
    // A head that was refused for what it says of the body has its fields too.
    const auto& request = parser_->get();
    const auto origin = request.find(http::field::origin);
    return origin == request.end() ? std::string{}
                                   : door_->handlers.cors_headers(view(origin->value()));
}

void HttpConnection::write(std::string bytes, After after) {
    outgoing_ = std::move(bytes);
    const std::size_t written = stream_.write_now(outgoing_);
    if (written == outgoing_.size()) {
        on_written({}, after);
        return;
    }
    enter(Step::kWriting, door_->options.write_timeout);
    asio::async_write(
        stream_,
        asio::buffer(outgoing_) + written,
        [self = shared_from_this(), after](const error_code& error, std::size_t) {
            if (!self->is_gone_) {
                self->on_written(error, after);
            }
        }
    );
}

void HttpConnection::on_written(const error_code& error, After after) {
    outgoing_ = {};
    if (error || after == After::kClose) {
        drop();
    } else if (after == After::kLinger) {
        linger();
    } else if (buffer_.size() == 0) {
        await_request();
    } else {  // the next one is there already; others have their turn first
        asio::post(stream_.get_executor(), [self = shared_from_this()] {
            if (!self->is_gone_) {
                self->await_request();
            }
        });
    }
}

void HttpConnection::linger() {
    if (!stream_.shut_down_sending()) {
        drop();
        return;
    }
    buffer_ = {};
    enter(Step::kLingering, door_->options.linger_timeout);
    discard();
}

void HttpConnection::discard() {
    constexpr std::size_t kStep = 16 * 1024;
    stream_.async_read_some(
        buffer_.prepare(kStep),
        [self = shared_from_this()](const error_code& error, std::size_t count) {
            if (self->is_gone_) {
                return;
            }
            self->discarded_ += count;
            if (error || self->has_timed_out_ || self->discarded_ > kDiscardBytesMax) {
                self->drop();
                return;
            }
            self->discard();
        }
    );
}

void HttpConnection::finish() {
    if (step_ == Step::kIdle || step_ == Step::kHandshake) {
        drop();
    }
}

void HttpConnection::drop() {
    if (std::exchange(is_gone_, true)) {
        return;
    }
    stream_.close();
    door_->sessions[shard_].erase(this);
    door_->release(address_);
}

}  // namespace orderpush::http_server
