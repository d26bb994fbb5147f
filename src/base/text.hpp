#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
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

/// Without spaces and tabs around, RFC 9110's optional whitespace.
constexpr std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view kBlank = " \t";
    text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
    return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

/// The value of a hexadecimal digit in either case; nothing for any other character.
constexpr std::optional<unsigned> hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return static_cast<unsigned>(c - '0');
    }
    const char lower = to_lower(c);
    if (lower >= 'a' && lower <= 'f') {
        return static_cast<unsigned>(lower - 'a') + 10U;
    }
    return std::nullopt;
}

}  // namespace orderpush
