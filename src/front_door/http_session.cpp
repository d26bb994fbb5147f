#include "front_door/http_session.hpp"

#include "base/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <exception>
#include <utility>

namespace orderpush::front_door {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

/// A base64 of 16 bytes (RFC 6455, section 4.1).
constexpr std::size_t kWebSocketKeySize = 24;
/// What is still read of a request that was refused, so that the client gets to read why before it
/// sees a reset.
constexpr std::size_t kDiscardBytesMax = 4 * 1024 * 1024;
/// Between two attempts to cancel a step whose time is over.
constexpr std::chrono::milliseconds kCancelAgain{20};

constexpr Problem kInternal{
    .status = 500, .code = "internal", .detail = "The service failed to answer this request."};

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

/// What refuses an upgrade.
Problem problem_of(const Error& error) {
    switch (error.code) {
        case ErrorCode::kUnauthenticated:
            return {401, error.reason, error.message, "WWW-Authenticate: Bearer\r\n"};
        case ErrorCode::kForbidden:
            return {403, error.reason, error.message};
        default:
            log::error("upgrade_failed", {{"code", error.reason}, {"detail", error.detail}});
            return kInternal;
    }
}

/// Empty if the handler threw.
std::string answer(const DoorState& door, std::string request, std::string remote_address) {
    try {
        return door.handlers.request(std::move(request), std::move(remote_address));
    } catch (const std::exception& fault) {
        log::error("request_handler_failed", {{"reason", fault.what()}});
        return {};
    }
}

}  // namespace

HttpSession::HttpSession(
    std::shared_ptr<DoorState> door, std::size_t shard, asio::ip::tcp::socket socket
)
    : door_(std::move(door)),
      shard_(shard),
      socket_(std::move(socket)),
      timer_(socket_.get_executor()) {}

HttpSession::~HttpSession() {
    drop();
}

void HttpSession::start() {
    door_->sessions[shard_].insert(this);
    error_code error;
    const auto remote = socket_.remote_endpoint(error);
    if (error) {  // gone before it said anything
        drop();
        return;
    }
    remote_address_ = remote.address().to_string();
    socket_.set_option(asio::ip::tcp::no_delay{true}, error);
    if (error) {
        drop();
        return;
    }
    await_request();
}

void HttpSession::enter(Step step, std::chrono::milliseconds timeout) {
    step_ = step;
    has_timed_out_ = false;
    ++step_number_;
    cancel_step_after(timeout);
}

void HttpSession::cancel_step_after(std::chrono::milliseconds timeout) {
    timer_.expires_after(timeout);
    timer_.async_wait([self = shared_from_this(), number = step_number_](const error_code& error) {
        if (error || number != self->step_number_) {
            return;
        }
        self->has_timed_out_ = true;
        error_code ignored;  // a socket that is closed already has nothing to cancel
        self->socket_.cancel(ignored);
        // The operation may have succeeded already, with only its handler still to run: then there
        // was nothing to cancel, and the step goes on with another one.
        self->cancel_step_after(kCancelAgain);
    });
}

void HttpSession::await_request() {
    if (buffer_.size() > 0) {
        read_head();
        return;
    }
    if (door_->is_stopping) {
        drop();
        return;
    }
    parser_.reset();
    buffer_ = {};
    enter(Step::kIdle, door_->options.idle_timeout);
    socket_.async_wait(
        asio::ip::tcp::socket::wait_read,
        [self = shared_from_this()](const error_code& error) {
            if (self->is_gone_) {
                return;
            }
            if (error) {
                self->drop();
                return;
            }
            self->read_head();
        }
    );
}

void HttpSession::read_head() {
    parser_.emplace();
    parser_->header_limit(door_->options.head_bytes_max);
    parser_->body_limit(door_->options.body_bytes_max);
    enter(Step::kHead, door_->options.head_timeout);
    http::async_read_header(
        socket_,
        buffer_,
        *parser_,
        [self = shared_from_this()](const error_code& error, std::size_t) { self->on_head(error); }
    );
}

void HttpSession::on_head(const error_code& error) {
    if (is_gone_) {
        return;
    }
    if (error) {
        on_read_error(error);
        return;
    }
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
    if (const auto problem = check_upgrade()) {
        refuse(*problem);
        return;
    }
    auto upgrade = upgrade_request();
    if (const auto& admit = door_->handlers.admit) {
        if (const auto admitted = admit(upgrade); !admitted) {
            refuse(problem_of(admitted.error()));
            return;
        }
    }
    hand_over_upgrade(std::move(upgrade));
}

void HttpSession::on_read_error(const error_code& error) {
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

void HttpSession::read_body() {
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
        socket_,
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

void HttpSession::continue_body() {
    if (parser_->is_done()) {
        dispatch();
        return;
    }
    http::async_read(
        socket_,
        buffer_,
        *parser_,
        [self = shared_from_this()](const error_code& error, std::size_t) { self->on_body(error); }
    );
}

void HttpSession::on_body(const error_code& error) {
    if (is_gone_) {
        return;
    }
    if (error) {
        on_read_error(error);
        return;
    }
    dispatch();
}

std::optional<Problem> HttpSession::check_upgrade() const {
    const auto& request = parser_->get();
    if (request[http::field::sec_websocket_version] != "13") {
        return Problem{
            426,
            "websocket_version_unsupported",
            "Connect with version 13 of the WebSocket protocol.",
            "Sec-WebSocket-Version: 13\r\n"};
    }
    if (request[http::field::sec_websocket_key].size() != kWebSocketKeySize) {
        return Problem{
            400, "websocket_key_invalid", "The header Sec-WebSocket-Key is missing or invalid."};
    }
    return std::nullopt;
}

realtime::UpgradeRequest HttpSession::upgrade_request() const {
    const auto& request = parser_->get();
    const std::string_view target = view(request.target());
    const auto question = target.find('?');
    realtime::UpgradeRequest upgrade;
    upgrade.path = target.substr(0, question);
    upgrade.query = question == std::string_view::npos ? "" : target.substr(question + 1);
    upgrade.key = view(request[http::field::sec_websocket_key]);
    const auto [first, last] = request.equal_range(http::field::sec_websocket_extensions);
    for (auto field = first; field != last; ++field) {
        upgrade.extensions.append(upgrade.extensions.empty() ? "" : ",")
            .append(view(field->value()));
    }
    upgrade.remote_address = remote_address_;
    if (const auto origin = request.find(http::field::origin); origin != request.end()) {
        upgrade.origin = view(origin->value());
    }
    return upgrade;
}

void HttpSession::hand_over_upgrade(realtime::UpgradeRequest request) {
    realtime::Upgrade upgrade;
    upgrade.request = std::move(request);
    upgrade.early_bytes = beast::buffers_to_string(buffer_.data());
    error_code error;
    upgrade.socket = realtime::UniqueFd{socket_.release(error)};
    drop();
    if (!error) {
        door_->handlers.upgrade(shard_, std::move(upgrade));
    }
}

void HttpSession::dispatch() {
    // The handler's own time is the handler's to bound: nothing is pending here that a timer could
    // cancel.
    step_ = Step::kHandling;
    ++step_number_;
    timer_.cancel();
    const auto& request = parser_->get();
    const std::string_view target = view(request.target());
    const std::string_view path = target.substr(0, target.find('?'));
    const std::string_view method = view(request.method_string());
    if (door_->handlers.realtime_api && realtime::is_api_request(method, path)) {
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
                self->socket_.get_executor(),
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

std::string HttpSession::request_bytes() const {
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

void HttpSession::respond(const std::string& response) {
    if (response.empty()) {
        refuse(kInternal);
        return;
    }
    const bool is_kept_alive = parser_->get().keep_alive() && !door_->is_stopping;
    std::string bytes = with_connection_headers(
        response,
        is_kept_alive,
        std::chrono::duration_cast<std::chrono::seconds>(door_->options.idle_timeout)
    );
    if (bytes.empty()) {
        log::error("response_malformed", {{"bytes", response.size()}});
        refuse(kInternal);
        return;
    }
    write(std::move(bytes), is_kept_alive ? After::kNextRequest : After::kClose);
}

void HttpSession::refuse(const Problem& problem) {
    write(problem_response(problem, cors_headers()), After::kLinger);
}

std::string HttpSession::cors_headers() const {
    if (!door_->handlers.cors_headers) {
        return {};
    }
    // A head that was refused for what it says of the body has its fields too.
    const auto& request = parser_->get();
    const auto origin = request.find(http::field::origin);
    return origin == request.end() ? std::string{}
                                   : door_->handlers.cors_headers(view(origin->value()));
}

void HttpSession::write(std::string bytes, After after) {
    outgoing_ = std::move(bytes);
    enter(Step::kWriting, door_->options.write_timeout);
    asio::async_write(
        socket_,
        asio::buffer(outgoing_),
        [self = shared_from_this(), after](const error_code& error, std::size_t) {
            if (self->is_gone_) {
                return;
            }
            self->outgoing_ = {};
            if (error || after == After::kClose) {
                self->drop();
            } else if (after == After::kLinger) {
                self->linger();
            } else {
                self->await_request();
            }
        }
    );
}

void HttpSession::linger() {
    error_code error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (error) {  // the peer is gone already
        drop();
        return;
    }
    buffer_ = {};
    enter(Step::kLingering, door_->options.linger_timeout);
    discard();
}

void HttpSession::discard() {
    constexpr std::size_t kStep = 16 * 1024;
    socket_.async_read_some(
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

void HttpSession::finish() {
    if (step_ == Step::kIdle) {
        drop();
    }
}

void HttpSession::drop() {
    if (std::exchange(is_gone_, true)) {
        return;
    }
    ++step_number_;
    timer_.cancel();
    error_code ignored;  // nothing is left to be done about a failing close
    socket_.close(ignored);
    door_->sessions[shard_].erase(this);
    door_->release();
}

}  // namespace orderpush::front_door
