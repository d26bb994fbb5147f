#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /live → 200 while the process answers. Never blocks.
Result<Answer> show_live(const RequestContext& call);
/// GET /ready → 200, or 503 with the reason and Retry-After.
Result<Answer> show_ready(const RequestContext& call);

/// GET /metrics → the figures, for whoever brings METRICS_TOKEN; 404 "metrics_off" if there is
/// none. Does not need the database.
Result<Answer> show_metrics(const RequestContext& call);

}  // namespace orderpush::http
