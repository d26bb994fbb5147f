#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

// Each answers 200 with the ticket's document and its version as ETag.

/// GET /v1/tickets/{id}.
Result<Answer> show_ticket(const RequestContext& call);
/// PATCH /v1/tickets/{id} {status?, priority?, stationId?, chefId?}; honours If-Match.
Result<Answer> change_ticket(const RequestContext& call);
/// POST /v1/tickets/{id}/bump.
Result<Answer> bump_ticket(const RequestContext& call);
/// POST /v1/tickets/{id}/recall.
Result<Answer> recall_ticket(const RequestContext& call);
/// POST /v1/tickets/{id}/hold.
Result<Answer> hold_ticket(const RequestContext& call);
/// POST /v1/tickets/{id}/fire.
Result<Answer> fire_ticket(const RequestContext& call);
/// POST /v1/tickets/{id}/rush.
Result<Answer> rush_ticket(const RequestContext& call);

}  // namespace orderpush::http
