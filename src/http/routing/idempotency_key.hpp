#pragma once

#include "http/json/field_reader.hpp"
#include "http/routing/message.hpp"
#include "usecases/idempotency.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderpush::http {

/// The header Idempotency-Key, with the hash of what it guards: method, path and body. Nothing
/// without the header; an error named "Idempotency-Key" for one that cannot be a key.
std::optional<usecases::Idempotency> read_idempotency(
    const Request& request, FieldErrorList& errors
);

/// The document as it was stored, with `Idempotent-Replayed` where it is a replay.
Response created_response(usecases::CreatedResponse created);
/// The same with a Location: `collection` ("/v1/orders/") and the id of what was created.
Result<Response> created_response(usecases::CreatedResponse created, std::string_view collection);
/// kInternal: a stored response lacks the id or version that its headers need.
Error created_unnamed();

}  // namespace orderpush::http
