#include "base/crypto/crypto.hpp"
#include "http_server/http_connection.hpp"

#include <optional>
#include <utility>

/// Requests that the realtime part answers.
namespace orderpush::http_server {

void HttpConnection::ask_realtime(const protocol::HttpRequest& request) {
    // When it answers it is published; who listens is written to at the end of the turn.
    server_->handlers.realtime_api(request, replying(&HttpConnection::on_realtime_answered));
}

void HttpConnection::on_realtime_answered(protocol::HttpResponse response) {
    complete(response, random_token(kRequestIdBytes));
    respond(response);
}

protocol::HttpReply HttpConnection::replying(void (HttpConnection::*then
)(protocol::HttpResponse response)) {
    return [self = shared_from_this(), then](protocol::HttpResponse response) {
        self->server_->shards.run_on(
            self->shard_,
            [self, then, response = std::move(response)]() mutable {
                if (!self->is_gone_) {
                    ((*self).*then)(std::move(response));
                }
            }
        );
    };
}

void HttpConnection::ask_poll(protocol::HttpRequest asked) {
    client_address_ = client_address();
    realtime::PollRequest request{std::move(asked)};
    request.remote_address = client_address_;
    request.is_same_origin = is_same_origin(request.header("Origin"));
    auto on_gone =
        server_->handlers.poll(shard_, request, replying(&HttpConnection::on_poll_answered));
    const bool is_waiting = !is_gone_ && step_ == Step::kHandling;
    if (is_waiting && on_gone) {
        on_gone_ = std::move(on_gone);
        if (buffer_.size() == 0) {  // most wait for long: nothing is read into it meanwhile
            buffer_ = {};
        }
        watch_client();
    }
}

void HttpConnection::on_poll_answered(protocol::HttpResponse response) {
    on_gone_ = nullptr;
    response.headers.emplace_back("X-Request-Id", random_token(kRequestIdBytes));
    respond(response);
}

void HttpConnection::watch_client() {
    is_watching_ = true;
    stream_.async_wait_readable([self =
                                     shared_from_this()](const boost::system::error_code& error) {
        if (!self->is_gone_) {
            self->is_watching_ = false;
            self->on_client_readable(error);
        }
    });
}

void HttpConnection::on_client_readable(const boost::system::error_code& error) {
    if (step_ == Step::kIdle) {  // answered meanwhile: it is the next request, or the end
        error ? drop() : receive();
        return;
    }
    if (step_ != Step::kHandling) {
        return;
    }
    const auto room = buffer_.prepare(kWatchBytes);
    const auto count = error ? std::optional<std::size_t>{0}
                             : stream_.read_now({static_cast<char*>(room.data()), room.size()});
    if (!count) {
        watch_client();
    } else if (*count > 0) {  // a request behind this one: its turn comes
        buffer_.commit(*count);
    } else {
        drop();
    }
}

}  // namespace orderpush::http_server
