#pragma once

#include <cstddef>
#include <string_view>

namespace orderpush::realtime {

/// Where the quotation mark is that ends the string beginning at `from`; the end if there is none.
inline std::size_t end_of_string(std::string_view text, std::size_t from) {
    for (std::size_t begin = from;; ++from) {
        from = text.find('"', from);
        if (from == std::string_view::npos) {
            return text.size();
        }
        std::size_t backslashes = 0;
        while (backslashes < from - begin && text[from - backslashes - 1] == '\\') {
            ++backslashes;
        }
        if (backslashes % 2 == 0) {
            return from;
        }
    }
}

/// Whether brackets outside of strings nest deeper than `depth_max`. Counts only; what is not JSON
/// at all is the parser's to find.
inline bool nests_deeper_than(std::size_t depth_max, std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            i = end_of_string(text, i + 1);
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
