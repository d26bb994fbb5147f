#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace orderpush::realtime::pusher {

/// What the JSON of a client says, halves of surrogate pairs as U+FFFD; discarded if it is none.
nlohmann::ordered_json parse_json(std::string_view text);

}  // namespace orderpush::realtime::pusher
