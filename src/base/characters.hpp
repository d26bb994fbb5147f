#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace orderpush {

/// Characters (code points) of a UTF-8 text.
inline std::size_t character_count(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // not a continuation byte
    }));
}

}  // namespace orderpush
