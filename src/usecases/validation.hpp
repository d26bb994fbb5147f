#pragma once

#include "base/result.hpp"
#include "base/text.hpp"

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

/// kInvalid "invalid_fields" with these; fine if there are none.
inline Result<void> refuse_if_any(std::vector<FieldError> errors) {
    if (errors.empty()) {
        return {};
    }
    return invalid_fields(std::move(errors));
}

/// Adds an error if `text` has fewer or more characters.
inline void check_length(
    std::vector<FieldError>& errors, std::string field, std::string_view text, TextLength length
) {
    const std::size_t count = character_count(text);
    if (count < length.least || count > length.most) {
        errors.push_back(
            {std::move(field),
             "must have " + std::to_string(length.least) + " to " + std::to_string(length.most) +
                 " characters"}
        );
    }
}

}  // namespace orderpush::usecases
