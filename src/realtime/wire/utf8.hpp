#pragma once

#include <cstddef>
#include <string_view>

namespace orderpush::realtime {

/// Whether `text` is well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above
/// U+10FFFF.
bool is_utf8(std::string_view text) noexcept;
/// The longest beginning of well-formed `text` that has at most `bytes_max` bytes and ends between
/// two characters.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) noexcept;

}  // namespace orderpush::realtime
