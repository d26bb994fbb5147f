#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// POST /v1/staff/login {email, password} → 200.
Result<Answer> log_in_staff(const RequestContext& call);

/// POST /v1/staff {name, email, password, role, branchId, stationId?} → 201; honours
/// Idempotency-Key.
Result<Answer> create_staff(const RequestContext& call);

}  // namespace orderpush::http
