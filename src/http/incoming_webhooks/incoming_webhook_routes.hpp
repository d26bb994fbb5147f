#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// POST /webhooks/pusher and /webhooks/ably: 204 once it is stored.
Result<Answer> receive_pusher_webhook(const Call& call);
Result<Answer> receive_ably_webhook(const Call& call);

}  // namespace orderpush::http
