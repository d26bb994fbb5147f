#include "http/incoming_webhooks/incoming_webhook_routes.hpp"

namespace orderpush::http {
namespace {

Result<Answer> receive(const RequestContext& call, std::string_view provider) {
    const Request& request = call.request;
    ORDERPUSH_TRY(call.services.webhooks.receive(
        provider,
        {.header = [&](std::string_view name) { return request.header(name); },
         .body = request.body}
    ));
    return Answer{.status = 204};
}

}  // namespace

Result<Answer> receive_pusher_webhook(const RequestContext& call) {
    return receive(call, "pusher");
}

Result<Answer> receive_ably_webhook(const RequestContext& call) {
    return receive(call, "ably");
}

}  // namespace orderpush::http
