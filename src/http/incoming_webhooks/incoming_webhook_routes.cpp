#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/incoming_webhooks/incoming_webhook_service.hpp"

namespace orderpush::http {
namespace {

Result<Response> receive(const RequestContext& context, std::string_view provider) {
    const Request& request = context.request;
    ORDERPUSH_TRY(context.services.webhooks.receive(
        provider,
        {.header = [&](std::string_view name) { return request.header(name); },
         .body = request.body}
    ));
    return Response{.status = 204};
}

}  // namespace

/// POST /webhooks/pusher and /webhooks/ably: 204 once it is stored.
Result<Response> receive_pusher_webhook(const RequestContext& context) {
    return receive(context, "pusher");
}

Result<Response> receive_ably_webhook(const RequestContext& context) {
    return receive(context, "ably");
}

}  // namespace orderpush::http
