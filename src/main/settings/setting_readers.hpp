#pragma once

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>

namespace orderpush {

/// What is wrong with a value; nothing if it is right.
using Fault = std::optional<std::string>;

/// A whole number within both bounds, digits only.
template <class Integer>
Fault read_integer(const std::string& value, Integer least, Integer most, Integer& into) {
    Integer number{};
    const auto* end = value.data() + value.size();
    const auto [stopped, failure] = std::from_chars(value.data(), end, number);
    if (failure != std::errc{} || stopped != end || number < least || number > most) {
        return fmt::format("must be a whole number from {} to {}", least, most);
    }
    into = number;
    return std::nullopt;
}

}  // namespace orderpush
