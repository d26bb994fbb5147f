#pragma once

#include "usecases/idempotency.hpp"
#include "http/json/field_reader.hpp"
#include "http/routing/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderpush::http {

/// The header Idempotency-Key, with the hash of what it guards: method, path and body. Nothing
/// without the header; a fault named "Idempotency-Key" for one that cannot be a key.
std::optional<app::Idempotency> read_idempotency(const Request& request, FaultList& faults);

/// The document as it was kept, with `Idempotent-Replayed` where it is a replay.
Answer created_answer(app::CreatedAnswer created);
/// The same with a Location: `collection` ("/v1/orders/") and the document's own `id`.
Result<Answer> created_answer(app::CreatedAnswer created, std::string_view collection);

}  // namespace orderpush::http
