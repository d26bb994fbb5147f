#include "http_server/http_connection.hpp"

#include <utility>

/// Requests that the realtime part answers.
namespace orderpush::http_server {

void HttpConnection::ask_realtime(std::string_view method, std::string_view path) {
    const auto& request = parser_->get();
    const std::string_view target{request.target().data(), request.target().size()};
    const bool has_query = path.size() < target.size();
    door_->handlers.realtime_api(
        {.method = method,
         .path = path,
         .query = has_query ? target.substr(path.size() + 1) : std::string_view{},
         .body = request.body(),
         .path_prefix = door_->options.realtime_prefix},
        [self = shared_from_this()](realtime::ApiAnswer answer) {
            // It is published; who listens is written to at the end of the turn.
            self->door_->shards.run_on(self->shard_, [self, answer = std::move(answer)] {
                if (!self->is_gone_) {
                    self->respond(answer);
                }
            });
        }
    );
}

void HttpConnection::respond(const realtime::ApiAnswer& answer) {
    const bool is_kept_alive =
        parser_->get().keep_alive() && !door_->is_draining && !door_->is_stopping;
    write(
        api_response(
            answer,
            is_kept_alive,
            std::chrono::duration_cast<std::chrono::seconds>(door_->options.idle_timeout),
            cors_headers()
        ),
        is_kept_alive ? After::kNextRequest : After::kClose
    );
}

}  // namespace orderpush::http_server
