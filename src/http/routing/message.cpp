#include "http/routing/message.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace orderpush::http {

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::string_view Request::header(std::string_view name) const {
    const auto found = std::ranges::find_if(headers, [&](const auto& header) {
        return equal_ignoring_case(header.first, name);
    });
    return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

std::vector<std::string_view> Request::all_headers(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& header : headers) {
        if (equal_ignoring_case(header.first, name)) {
            values.emplace_back(header.second);
        }
    }
    return values;
}

}  // namespace orderpush::http
