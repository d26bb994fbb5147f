#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// POST /v1/receipts {deviceId, kind, eventIds} → 200 {recorded, ignored}.
Result<Answer> report_receipts(const RequestContext& call);
/// GET /v1/orders/{id}/timeline → 200 {orderId, orderNumber, entries, truncated}, oldest first.
Result<Answer> show_timeline(const RequestContext& call);

}  // namespace orderpush::http
