#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush {

/// Undoes percent-encoding (RFC 3986, section 2.1); nothing if a '%' is not followed by two hex
/// digits.
std::optional<std::string> percent_decode(std::string_view text);

using FormFields = std::vector<std::pair<std::string, std::string>>;

/// Names and values of application/x-www-form-urlencoded text (WHATWG URL, section 5.1), which is
/// also the form of a query; nothing if a name or value cannot be decoded.
std::optional<FormFields> parse_form(std::string_view text);

}  // namespace orderpush
