#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace orderpush {

/// Characters (code points) of a UTF-8 text.
inline std::size_t character_count(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // not a continuation byte
    }));
}

/// Of an ASCII letter; anything else as it is, whatever the locale.
constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string in_lower_case(std::string_view text) {
    std::string lower{text};
    for (char& c : lower) {
        c = to_lower(c);
    }
    return lower;
}

}  // namespace orderpush
