#pragma once

#include "core/events/event.hpp"

#include <cstddef>
#include <string>

namespace orderpush::usecases {

/// What is left of an event's payload when its whole passes an adapter's message limit: the short
/// scalar fields, which identify it, then `"truncated": true` and `"href"`, the REST path that has
/// the whole, where there is one. Below 8 KiB for every event of the catalogue. `payload` is a JSON
/// object.
std::string cut_payload(const std::string& payload);

/// Cuts the entry's payload if its envelope has more bytes than that.
void cut_to_fit(OutboxEntry& entry, std::size_t bytes_max);

}  // namespace orderpush::usecases
