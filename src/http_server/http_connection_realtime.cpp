#include "base/crypto/crypto.hpp"
#include "http_server/http_connection.hpp"

#include <utility>

/// Requests that the realtime part answers.
namespace orderpush::http_server {

void HttpConnection::ask_realtime(const protocol::HttpRequest& request) {
    server_->handlers.realtime_api(
        request,
        [self = shared_from_this()](protocol::HttpResponse response) {
            // It is published; who listens is written to at the end of the turn.
            self->server_->shards.run_on(
                self->shard_,
                [self, response = std::move(response)]() mutable {
                    if (!self->is_gone_) {
                        self->complete(response, random_token(kRequestIdBytes));
                        self->respond(response);
                    }
                }
            );
        }
    );
}

}  // namespace orderpush::http_server
