#pragma once

#include "http/route.hpp"

namespace orderpush::http {

/// POST /v1/staff/login {email, password} → 200.
Result<Answer> log_in_staff(const Call& call);

}  // namespace orderpush::http
