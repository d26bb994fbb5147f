#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// POST /webhooks/pusher and /webhooks/ably: 204 once it is stored.
Result<Answer> receive_pusher_webhook(const RequestContext& call);
Result<Answer> receive_ably_webhook(const RequestContext& call);

}  // namespace orderpush::http
