#pragma once

#include <algorithm>
#include <cstddef>

namespace orderpush::storage {

/// SQL text that statements share parts of, joined at compile time with +.
template <std::size_t Size>
struct SqlText {
    char text[Size] = {};  // NOLINT(modernize-avoid-c-arrays)

    constexpr SqlText() = default;
    // Implicit on purpose: literals join as they are.
    constexpr SqlText(const char (&literal)[Size]) {  // NOLINT
        std::copy_n(literal, Size, text);
    }
};

template <std::size_t A, std::size_t B>
constexpr SqlText<A + B - 1> operator+(const SqlText<A>& a, const SqlText<B>& b) {
    SqlText<A + B - 1> joined;
    std::copy_n(a.text, A - 1, joined.text);
    std::copy_n(b.text, B, joined.text + A - 1);
    return joined;
}
template <std::size_t A, std::size_t B>
constexpr auto operator+(const SqlText<A>& a, const char (&b)[B]) {
    return a + SqlText<B>{b};
}
template <std::size_t A, std::size_t B>
constexpr auto operator+(const char (&a)[A], const SqlText<B>& b) {
    return SqlText<A>{a} + b;
}

}  // namespace orderpush::storage
