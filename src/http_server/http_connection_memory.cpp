/// How an HTTP connection reads a body, and what it may keep of bodies and answers.

#include "base/observability/log.hpp"
#include "core/error_codes.hpp"
#include "http_server/http_connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <utility>

namespace orderpush::http_server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::chrono::seconds kOverloadedRetryAfter{1};

bool prove(const ServerState& server, const protocol::HttpRequest& head) {
    try {
        return server.handlers.is_proven(head);
    } catch (const std::exception& exception) {
        log::error("proof_handler_failed", {{"reason", exception.what()}});
    }
    return false;
}

}  // namespace

void HttpConnection::read_body() {
    enter(Step::kBody, server_->options.body_timeout);
    // What the head says, so that nobody sends in vain what will be refused.
    const auto length = parser_->content_length();
    if (length && *length > server_->options.unproven_body_bytes_max) {
        ask_for_proof(&HttpConnection::begin_body);
        return;
    }
    begin_body();
}

void HttpConnection::begin_body() {
    const auto& request = parser_->get();
    const auto expect = request.find(http::field::expect);
    if (expect == request.end() || request.version() < 11) {
        continue_body();
        return;
    }
    if (!beast::iequals(expect->value(), "100-continue")) {
        refuse(make_error("expectation_unknown"));
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

bool HttpConnection::is_body_admitted() {
    const std::size_t size = parser_->get().body().size();
    if (size > server_->options.unproven_body_bytes_max && !is_proven_) {
        ask_for_proof(&HttpConnection::parse);
        return false;
    }
    if (!keep(size)) {
        refuse_overload();
        return false;
    }
    return true;
}

void HttpConnection::ask_for_proof(void (HttpConnection::*then)()) {
    if (!server_->handlers.is_proven) {
        is_proven_ = true;
        (this->*then)();
        return;
    }
    // As while a handler has the request: nothing is pending here that could be cancelled.
    step_ = Step::kHandling;
    deadline_ = Deadline::max();
    const bool is_queued =
        server_->pool.submit([self = shared_from_this(), head = request(), then] {
            asio::post(
                self->stream_.get_executor(),
                [self, then, is_proven = prove(*self->server_, head)] {
                    if (!self->is_gone_) {
                        self->on_proof(is_proven, then);
                    }
                }
            );
        });
    if (!is_queued) {
        server_->options.queue_full.add();
        refuse_overload();
    }
}

void HttpConnection::on_proof(bool is_proven, void (HttpConnection::*then)()) {
    if (!is_proven) {
        refuse(make_error(
            "body_too_large",
            "Without a valid credential the request's body may have " +
                std::to_string(server_->options.unproven_body_bytes_max) + " bytes."
        ));
        return;
    }
    is_proven_ = true;
    enter(Step::kBody, server_->options.body_timeout);
    (this->*then)();
}

bool HttpConnection::keep(std::size_t bytes) {
    const HttpServerOptions& options = server_->options;
    const std::size_t counted = bytes > kUncountedBytes ? bytes : 0;
    const auto share_of = [this](std::size_t most) { return is_proven_ ? most : most / 2; };
    if (!memory_.resize(counted, share_of(options.memory_bytes_max))) {
        return false;
    }
    return !address_memory_ ||
           address_memory_->resize(counted, share_of(options.memory_per_address_max));
}

void HttpConnection::forget_body() {
    std::string{}.swap(parser_->get().body());  // an assignment would keep its memory
    keep(0);
}

void HttpConnection::refuse_overload() {
    Error overloaded = make_error("overloaded");
    overloaded.retry_after = kOverloadedRetryAfter;
    refuse(overloaded);
}

}  // namespace orderpush::http_server
