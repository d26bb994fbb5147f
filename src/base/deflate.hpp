#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush {

/// One message of a WebSocket's permessage-deflate extension without context takeover (RFC 7692,
/// section 7.2): raw DEFLATE data, its last four bytes (00 00 FF FF) left out. Any thread.
std::string deflate_message(std::string_view text);

struct Inflated {
    enum class Fault { kNone, kInvalid, kTooLarge };
    Fault fault = Fault::kNone;
    /// Empty with a fault.
    std::string text;
};
/// The inverse. Stops as soon as the text would pass `size_max` bytes.
Inflated inflate_message(std::string_view bytes, std::size_t size_max);

}  // namespace orderpush
