#include "base/percent.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace orderpush {

std::optional<std::string> percent_decode(std::string_view text) {
    if (text.find('%') == std::string_view::npos) {
        return std::string{text};
    }
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded.push_back(text[i]);
            continue;
        }
        const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
        if (!low) {
            return std::nullopt;
        }
        decoded.push_back(static_cast<char>(*high * 16U + *low));
        i += 2;
    }
    return decoded;
}

std::optional<std::string> form_decode(std::string_view text) {
    if (text.find('+') == std::string_view::npos) {
        return percent_decode(text);
    }
    std::string spaced{text};
    std::ranges::replace(spaced, '+', ' ');
    return percent_decode(spaced);
}

std::optional<FormFields> parse_form(std::string_view text) {
    FormFields fields;
    const bool is_valid = split_form(text, [&](std::string_view name, std::string_view value) {
        auto decoded_name = form_decode(name);
        auto decoded_value = form_decode(value);
        if (!decoded_name || !decoded_value) {
            return false;
        }
        fields.emplace_back(std::move(*decoded_name), std::move(*decoded_value));
        return true;
    });
    return is_valid ? std::optional{std::move(fields)} : std::nullopt;
}

}  // namespace orderpush
