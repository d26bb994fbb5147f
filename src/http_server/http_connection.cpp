#include "http_server/http_connection.hpp"

#include "base/coarse_clock.hpp"
#include "base/crypto/crypto.hpp"
#include "base/observability/log.hpp"
#include "core/error_codes.hpp"
#include "http_server/response_writer.hpp"
#include "protocol/http_problem.hpp"
#include "realtime/pusher/api_request.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <array>
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
/// The buffer that an idle connection reads into; most requests fit. Beyond it, as much at a time.
constexpr std::size_t kReadBytes = 1024;
constexpr std::size_t kReadBytesOfLarge = 16 * 1024;
/// As many as browsers send; more take another allocation.
constexpr std::size_t kUsualHeaders = 16;

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// Nothing if the handler threw.
std::optional<protocol::HttpResponse> ask(
    const ServerState& server, const protocol::HttpRequest& request
) {
    try {
        return server.handlers.request(request);
    } catch (const std::exception& exception) {
        log::error("request_handler_failed", {{"reason", exception.what()}});
    }
    return std::nullopt;
}

}  // namespace

HttpConnection::HttpConnection(
    std::shared_ptr<ServerState> server,
    std::size_t shard,
    asio::ip::tcp::socket socket,
    realtime::AddressCounts::Entry* address
)
    : server_(std::move(server)),
      shard_(shard),
      stream_(std::move(socket)),
      address_(address),
      memory_(server_->memory) {
    if (server_->options.memory_per_address_max > 0 && !address->first.empty()) {
        address_memory_.emplace(address->second.use.memory);
    }
}

HttpConnection::~HttpConnection() {
    drop();
}

void HttpConnection::start() {
    server_->connections[shard_].insert(this);
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
    if (auto credentials = server_->credentials()) {
        await_handshake(std::move(credentials));
        return;
    }
    await_request();
}

void HttpConnection::await_handshake(std::shared_ptr<const TlsCredentials> credentials) {
    enter(Step::kHandshake, server_->options.handshake_timeout);
    stream_.socket().async_wait(
        asio::ip::tcp::socket::wait_read,
        [self = shared_from_this(), credentials = std::move(credentials)](const error_code& error) {
            if (self->is_gone_) {
                return;
            }
            if (error) {
                self->drop();
            } else if (self->stream_.begins_with_letter()) {
                self->is_tls_missing_ = true;
                self->await_request();
            } else {
                self->shake_hands(*credentials);
            }
        }
    );
}

void HttpConnection::shake_hands(const TlsCredentials& credentials) {
    if (!stream_.secure(credentials)) {
        log::error("tls_session_failed");
        drop();
        return;
    }
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
    is_proven_ = false;
    if (buffer_.size() > 0) {
        read_head();
        return;
    }
    if (server_->is_stopping) {
        drop();
        return;
    }
    if (buffer_.capacity() > kReadBytes) {
        buffer_ = {};
    }
    const auto& options = server_->options;
    enter(
        Step::kIdle,
        has_asked_ ? options.idle_timeout : std::min(options.first_timeout, options.idle_timeout)
    );
    if (!is_watching_) {  // else the watch of the last request tells of this one
        receive();
    }
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
    parser_->header_limit(server_->options.head_bytes_max);
    parser_->body_limit(server_->options.body_bytes_max);
    enter(Step::kHead, server_->options.head_timeout);
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
            if (step_ == Step::kHead || is_body_admitted()) {
                receive();
            }
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
    if (is_tls_missing_) {
        refuse(make_error("tls_required"));
        return;
    }
    const auto& request = parser_->get();
    // Beast refuses a length beside chunked, and two lengths; a coding that we do not know would
    // hide where the body ends.
    if (request.find(http::field::transfer_encoding) != request.end() && !parser_->chunked()) {
        refuse(make_error("transfer_encoding_unsupported"));
        return;
    }
    // RFC 9112, section 3.2.
    const auto hosts = request.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && request.version() >= 11)) {
        refuse(make_error("host_missing"));
        return;
    }
    const auto target =
        protocol::parse_http_target(view(request.method_string()), view(request.target()));
    if (!target) {
        refuse(make_error("bad_request", "The request line names no target as RFC 9112 has it."));
        return;
    }
    target_ = *target;
    if (beast::websocket::is_upgrade(request)) {
        on_upgrade();
    } else if (is_for_websockets()) {
        refuse(make_error("upgrade_required"), upgrade_headers());
    } else {
        read_body();
    }
}

void HttpConnection::on_read_error(const error_code& error) {
    if (has_timed_out_) {
        refuse(make_error("request_timeout"));
    } else if (error == http::error::header_limit) {
        refuse(make_error("head_too_large"));
    } else if (error == http::error::body_limit) {
        refuse(make_error("body_too_large"));
    } else if (error == http::error::end_of_stream || error == http::error::partial_message) {
        drop();
    } else if (error.category() == http::make_error_code(http::error::bad_method).category()) {
        refuse(make_error("bad_request"));
    } else {
        drop();
    }
}

void HttpConnection::dispatch() {
    // The handler's own time is the handler's to bound: nothing is pending here that could be
    // cancelled.
    step_ = Step::kHandling;
    deadline_ = Deadline::max();
    const auto& handlers = server_->handlers;
    protocol::HttpRequest asked = request();
    const std::string_view path =
        realtime::without_prefix(asked.path, server_->options.realtime_prefix);
    if (handlers.realtime_api && handlers.is_realtime_api(asked.method, path)) {
        ask_realtime(asked);
    } else if (handlers.is_polling_path && handlers.is_polling_path(path)) {
        asked.path = path;
        ask_poll(std::move(asked));
    } else if (handlers.is_inline(asked.method, asked.path)) {
        on_answered(ask(*server_, asked));
    } else {
        ask_pool(std::move(asked));
    }
}

void HttpConnection::ask_pool(protocol::HttpRequest request) {
    const bool is_queued = server_->pool.submit([self = shared_from_this(),
                                                 request = std::move(request)] {
        asio::post(self->stream_.get_executor(), [self, response = ask(*self->server_, request)] {
            if (!self->is_gone_) {
                self->on_answered(response);
            }
        });
    });
    if (!is_queued) {
        server_->options.queue_full.add();
        refuse_overload();
    }
}

protocol::HttpRequest HttpConnection::request() const {
    const auto& parsed = parser_->get();
    protocol::HttpRequest request{
        .method = view(parsed.method_string()),
        .path = target_.path,
        .query = target_.query,
        .body = parsed.body(),
        .remote_address = remote_address_};
    request.headers.reserve(kUsualHeaders);
    for (const auto& field : parsed) {
        const bool is_overruled = target_.host && field.name() == http::field::host;
        request.headers.emplace_back(
            view(field.name_string()), is_overruled ? *target_.host : view(field.value())
        );
    }
    return request;
}

void HttpConnection::on_answered(const std::optional<protocol::HttpResponse>& response) {
    response ? respond(*response) : refuse(make_error("internal"));
}

void HttpConnection::respond(const protocol::HttpResponse& response) {
    const auto& request = parser_->get();
    const bool has_credential = request.find(http::field::authorization) != request.end() ||
                                request.find("X-API-Key") != request.end();
    is_proven_ = is_proven_ || (has_credential && response.status < 400);
    const bool is_kept_alive =
        parser_->get().keep_alive() && !server_->is_draining && !server_->is_stopping;
    write(response, is_kept_alive ? After::kNextRequest : After::kClose);
}

void HttpConnection::refuse(const Error& error, const protocol::HttpHeaders& further) {
    const std::string request_id = random_token(kRequestIdBytes);
    protocol::HttpResponse response = protocol::make_problem(error, request_id);
    response.headers.insert(response.headers.end(), further.begin(), further.end());
    complete(response, request_id);
    write(response, After::kLinger);
}

void HttpConnection::complete(protocol::HttpResponse& response, std::string request_id) const {
    response.headers.emplace_back("X-Request-Id", std::move(request_id));
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    if (!server_->handlers.cors_headers) {
        return;
    }
    // A head that was refused for what it says of the body has its fields too.
    const auto& request = parser_->get();
    const auto origin = request.find(http::field::origin);
    if (origin == request.end()) {
        return;
    }
    for (auto& header : server_->handlers.cors_headers(view(origin->value()))) {
        response.headers.push_back(std::move(header));
    }
}

void HttpConnection::write(const protocol::HttpResponse& response, After after) {
    const auto idle =
        std::chrono::duration_cast<std::chrono::seconds>(server_->options.idle_timeout);
    const bool is_head = parser_->get().method() == http::verb::head;
    forget_body();
    outgoing_ = write_response(
        response,
        {.is_head = is_head,
         .strict_transport = stream_.is_secure() ? server_->strict_transport : std::string_view{},
         .keep_alive = after == After::kNextRequest ? std::optional{idle} : std::nullopt,
         .is_file_apart = true}
    );
    // A refusal is small, and takes no room.
    if (!keep(outgoing_.size())) {
        refuse_overload();
        return;
    }
    send(is_head ? std::string_view{} : response.file, after);
}

void HttpConnection::send(std::string_view file, After after) {
    const std::size_t written = stream_.write_now(outgoing_);
    const std::size_t file_written =
        written == outgoing_.size() && !file.empty() ? stream_.write_now(file) : 0;
    if (written == outgoing_.size() && file_written == file.size()) {
        on_written({}, after);
        return;
    }
    enter(Step::kWriting, server_->options.write_timeout);
    asio::async_write(
        stream_,
        std::array<asio::const_buffer, 2>{
            asio::buffer(outgoing_) + written, asio::buffer(file) + file_written},
        [self = shared_from_this(), after](const error_code& error, std::size_t) {
            if (!self->is_gone_) {
                self->on_written(error, after);
            }
        }
    );
}

void HttpConnection::on_written(const error_code& error, After after) {
    std::string{}.swap(outgoing_);  // an assignment would keep its memory
    keep(0);
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
    enter(Step::kLingering, server_->options.linger_timeout);
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
    server_->connections[shard_].erase(this);
    keep(0);
    address_memory_.reset();  // the address may be forgotten
    server_->release(address_);
    if (const auto on_gone = std::exchange(on_gone_, nullptr)) {
        on_gone();
    }
}

}  // namespace orderpush::http_server
