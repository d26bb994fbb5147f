#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace orderpush {

/// The value of an enumeration that `word` stands for, exactly; nothing if it stands for none.
/// `words` are in the order of the enumeration.
template <class Value, std::size_t N>
std::optional<Value> value_of(const std::array<std::string_view, N>& words, std::string_view word) {
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) {
        return std::nullopt;
    }
    return static_cast<Value>(found - words.begin());
}

}  // namespace orderpush
