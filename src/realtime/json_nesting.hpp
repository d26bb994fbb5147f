#pragma once

#include <cstddef>
#include <string_view>

namespace orderpush::realtime {

/// Whether brackets outside of strings nest deeper than `depth_max`. Counts only; what is not JSON
/// at all is the parser's to find.
inline bool nests_deeper_than(std::size_t depth_max, std::string_view text) {
    std::size_t depth = 0;
    bool is_in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            is_in_string = !is_in_string;
        } else if (is_in_string) {
            i += c == '\\' ? 1 : 0;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
        if (depth > depth_max) {
            return true;
        }
    }
    return false;
}

}  // namespace orderpush::realtime
