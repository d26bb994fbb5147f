#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /v1/tickets?branchId&status&stationId&after&limit → 200 {tickets, next}, oldest first.
Result<Answer> list_tickets(const RequestContext& call);
/// GET /v1/branches/{id}/board?stationId → 200 {branchId, asOf, seq, stations}: the open tickets of
/// each station, and the position of each channel at that instant.
Result<Answer> show_board(const RequestContext& call);
/// GET /v1/branches/{id}/all-day?stationId → 200 {branchId, items}: what is still to be made.
Result<Answer> show_all_day(const RequestContext& call);
/// GET /v1/branches/{id}/kitchen/stats → 200 {branchId, pending, preparing, ready, total}.
Result<Answer> show_kitchen_stats(const RequestContext& call);

}  // namespace orderpush::http
