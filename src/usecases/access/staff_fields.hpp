#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderpush::usecases {

/// Adds an error unless `text` can be an address: 3 to 254 characters, something, an '@',
/// something, and nothing that is not printed. Only a message to it would show more.
void check_email(std::vector<FieldError>& errors, std::string field, std::string_view text);

}  // namespace orderpush::usecases
