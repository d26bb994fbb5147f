#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orderpush::http {

struct JsonMember;
struct JsonValue;
using JsonArray = std::vector<JsonValue>;
/// In the order of the document; no name twice.
using JsonObject = std::vector<JsonMember>;

/// What a client sent, as far as our documents need it.
struct JsonValue {
    /// A number with a fraction or an exponent, or beyond 64 bits: nothing of ours is one.
    struct OtherNumber {};

    std::variant<
        std::monostate,  // null
        bool,
        std::int64_t,
        OtherNumber,
        std::string,
        JsonArray,
        JsonObject>
        content;
};

struct JsonMember {
    std::string name;
    JsonValue value;
};

/// Parses a whole document strictly (RFC 8259): valid UTF-8, nothing behind it, no comments.
/// kMalformed otherwise, for nesting deeper than `depth_max` and for a name twice in one object.
/// Uses no recursion.
Result<JsonValue> parse_json(std::string_view text, std::size_t depth_max);

}  // namespace orderpush::http
