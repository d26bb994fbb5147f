#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /v1/channels/{channel}/events?after&limit → 200 {channel, events, next, lastSeq}: the
/// envelopes as they are pushed, in order of `seq`; 410 with oldestSeq and lastSeq if some are no
/// longer kept.
Result<Answer> list_events(const RequestContext& call);

}  // namespace orderpush::http
