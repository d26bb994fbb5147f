#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /v1/branches/{id}/menu → 200.
Result<Answer> show_menu(const RequestContext& call);
/// POST /v1/branches/{id}/menu/items {name, price, stationId?, available?} → 201; honours
/// Idempotency-Key.
Result<Answer> create_menu_item(const RequestContext& call);
/// PATCH /v1/menu/items/{id} {name?, price?, available?, stationId?} → 200; a stationId of null
/// takes the station away.
Result<Answer> change_menu_item(const RequestContext& call);

}  // namespace orderpush::http
