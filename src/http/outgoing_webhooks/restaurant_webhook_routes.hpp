#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /v1/restaurant/webhook → 200, where the caller's restaurant is told itself. 404.
Result<Answer> show_restaurant_webhook(const RequestContext& call);
/// PUT /v1/restaurant/webhook {url, renewSecret?} → 200, the webhook, with its secret if that is
/// new.
Result<Answer> set_restaurant_webhook(const RequestContext& call);
/// DELETE /v1/restaurant/webhook → 204. 404.
Result<Answer> remove_restaurant_webhook(const RequestContext& call);

}  // namespace orderpush::http
