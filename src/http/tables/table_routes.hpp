#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /v1/branches/{id}/tables → 200 {branchId, tables}.
Result<Answer> list_tables(const RequestContext& call);
/// GET /v1/branches/{id}/floor → 200 {branchId, asOf, currency, seq, tables, sessions, orders,
/// alarms}.
Result<Answer> show_floor(const RequestContext& call);
/// POST /v1/branches/{id}/tables {number, areaId | areaName} → 201; honours Idempotency-Key.
Result<Answer> create_table(const RequestContext& call);
/// PATCH /v1/tables/{id} {number?, areaId?, status?} → 200.
Result<Answer> change_table(const RequestContext& call);
/// POST /v1/tables/{id}/qr → 201 with the new code; honours Idempotency-Key.
Result<Answer> renew_qr_token(const RequestContext& call);

}  // namespace orderpush::http
