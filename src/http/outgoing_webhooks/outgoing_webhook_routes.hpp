#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /v1/webhooks?state&endpointId&after&limit → 200 {webhooks, next}: newest first, each with
/// its last attempts.
Result<Answer> list_webhooks(const RequestContext& call);
/// POST /v1/webhooks/{id}/replay → 202 {id, state}: the same bytes once more. 404; 409 if its
/// endpoint is no longer configured.
Result<Answer> replay_webhook(const RequestContext& call);
/// GET /v1/webhook-endpoints → 200 {endpoints}.
Result<Answer> list_webhook_endpoints(const RequestContext& call);
/// POST /v1/webhook-endpoints/{id}/enable → 200, the endpoint. 404.
Result<Answer> enable_webhook_endpoint(const RequestContext& call);

}  // namespace orderpush::http
