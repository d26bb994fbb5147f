#pragma once

#include <string>

namespace orderpush::usecases {

/// What is left of an event's payload when its whole passes an adapter's message limit: the short
/// scalar fields, which identify it, then `"truncated": true` and `"href"`, the REST path that has
/// the whole, where there is one. Below 8 KiB for every event of the catalogue. `payload` is a JSON
/// object.
std::string cut_payload(const std::string& payload);

}  // namespace orderpush::usecases
