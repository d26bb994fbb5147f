#pragma once

#include "http/json/field_reader.hpp"
#include "http/routing/message.hpp"
#include "usecases/idempotency.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderpush::http {

/// kInvalid "invalid_fields" for a header Idempotency-Key that is empty, too long, not printable or
/// given more than once: which of two keys guards the request would be a guess. Every request that
/// writes is checked by it, also where nothing has to be guarded: who sends a key relies on it.
Result<void> check_idempotency_key(const Request& request);
/// The header Idempotency-Key, with the hash of what it guards: method, path and body. Nothing
/// without the header. Requires that check_idempotency_key() found nothing.
std::optional<usecases::Idempotency> read_idempotency(const Request& request);

/// The document as it was stored, with `Idempotent-Replayed` where it is a replay, and with the
/// ETag of what has a version.
Response created_response(usecases::CreatedResponse created);
/// The same with a Location: `collection` ("/v1/orders/") and the id of what was created.
Result<Response> created_response(usecases::CreatedResponse created, std::string_view collection);
/// kInternal: a stored response lacks the id or version that its headers need.
Error created_unnamed();

}  // namespace orderpush::http
