#pragma once

#include "base/characters.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::usecases {

/// How many characters a text may have, both included.
struct TextLength {
    std::size_t least = 0;
    std::size_t most = 0;
};

/// Adds a fault if `text` has fewer or more characters.
inline void check_length(
    std::vector<FieldError>& faults, std::string field, std::string_view text, TextLength length
) {
    const std::size_t count = character_count(text);
    if (count < length.least || count > length.most) {
        faults.push_back(
            {std::move(field),
             "must have " + std::to_string(length.least) + " to " + std::to_string(length.most) +
                 " characters"}
        );
    }
}

}  // namespace orderpush::usecases
