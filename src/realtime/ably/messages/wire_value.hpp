#pragma once

#include "realtime/ably/messages/error_info.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace orderpush::realtime::ably {

/// What documents on Ably's wire are made of: JSON, and MessagePack's binary besides.
using Value = nlohmann::json;

enum class Format : std::uint8_t { kJson, kMsgpack };

/// What one document may be, checked before anything is made of it.
inline constexpr std::size_t kFrameBytesMax = 512U * 1024U;
inline constexpr std::size_t kNestingMax = 32;
/// Values in one document: each takes some memory, however short it is on the wire.
inline constexpr std::size_t kValuesMax = 20'000;

/// One whole document and nothing behind it. MessagePack: map keys are strings, no extension types,
/// strings are UTF-8.
/// 40000/400: it is no such document, nests too deeply or has too many values.
Checked<Value> decode_value(Format format, std::string_view bytes);
/// Null: there is none, or it is null, which clients send for what is absent.
const Value* find_member(const Value& object, const char* name);
std::string encode_value(Format format, const Value& value);

/// {"code","statusCode","message","href"}.
Value to_value(const ErrorInfo& error);

}  // namespace orderpush::realtime::ably
