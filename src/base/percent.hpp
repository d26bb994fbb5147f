#pragma once

#include <algorithm>
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

/// A name or value of form text, with '+' for a space; nothing as percent_decode().
std::optional<std::string> form_decode(std::string_view text);

/// Hands `use` the names and values of form text, still encoded, until it returns false; whether it
/// never did.
template <class Use>
bool split_form(std::string_view text, const Use& use) {
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
        if (!pair.empty() && !use(pair.substr(0, equals), value)) {
            return false;
        }
    }
    return true;
}

/// Names and values of application/x-www-form-urlencoded text (WHATWG URL, section 5.1), which is
/// also the form of a query; nothing if a name or value cannot be decoded.
std::optional<FormFields> parse_form(std::string_view text);

}  // namespace orderpush
