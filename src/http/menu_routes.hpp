#pragma once

#include "http/route.hpp"

namespace orderpush::http {

/// GET /v1/branches/{id}/menu → 200.
Result<Answer> show_menu(const Call& call);

}  // namespace orderpush::http
