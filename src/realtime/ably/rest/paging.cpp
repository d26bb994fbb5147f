#include "realtime/ably/rest/paging.hpp"

#include "realtime/ably/access/refusal.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace orderpush::realtime::ably {
namespace {

constexpr std::array<std::string_view, 10> kKept{
    "start",
    "end",
    "direction",
    "limit",
    "from_serial",
    "fromSerial",
    "clientId",
    "connectionId",
    "prefix",
    "by"};

Checked<std::int64_t> number_in(const std::string& text, std::string_view name) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc{} || stopped != end || number < 0) {
        return refusal(code::kInvalidParameter, std::string{name} + " must be a whole number");
    }
    return number;
}

/// Everything but what no URL and no list of links gives a meaning to.
void append_encoded(std::string& text, std::string_view value) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (const char c : value) {
        const bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (is_plain) {
            text.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        text.push_back('%');
        text.push_back(kDigits[byte >> 4U]);
        text.push_back(kDigits[byte & 0xFU]);
    }
}

std::string link(
    std::string_view name, const FormFields& query, const std::string* cursor, std::string_view rel
) {
    std::string text = "<./" + std::string{name} + '?';
    const auto add = [&text](std::string_view key, std::string_view value) {
        if (!text.ends_with('?')) {
            text.push_back('&');
        }
        append_encoded(text, key);
        text.push_back('=');
        append_encoded(text, value);
    };
    for (const std::string_view key : kKept) {
        if (const std::string* value = find_parameter(query, key)) {
            add(key, *value);
        }
    }
    if (find_parameter(query, "limit") == nullptr) {
        add("limit", std::to_string(PageQuery::kLimitDefault));
    }
    if (cursor != nullptr) {
        add("cursor", *cursor);
    }
    return text + ">; rel=\"" + std::string{rel} + '"';
}

}  // namespace

const std::string* find_parameter(const FormFields& query, std::string_view name) {
    const auto found = std::ranges::find(query, name, &FormFields::value_type::first);
    return found == query.end() ? nullptr : &found->second;
}

Checked<PageQuery> read_page_query(const FormFields& query) {
    PageQuery page;
    if (const auto* start = find_parameter(query, "start")) {
        page.start = ORDERPUSH_TRY(number_in(*start, "start"));
    }
    if (const auto* end = find_parameter(query, "end")) {
        page.end = ORDERPUSH_TRY(number_in(*end, "end"));
    }
    if (page.start > page.end) {
        return refusal(code::kInvalidParameter, "start must not be behind end");
    }
    if (const auto* direction = find_parameter(query, "direction")) {
        page.is_forwards = *direction == "forwards";
        if (!page.is_forwards && *direction != "backwards") {
            return refusal(code::kInvalidParameter, "direction must be forwards or backwards");
        }
    }
    if (const auto* limit = find_parameter(query, "limit")) {
        const auto number = ORDERPUSH_TRY(number_in(*limit, "limit"));
        if (number < 1 || static_cast<std::size_t>(number) > PageQuery::kLimitMax) {
            return refusal(code::kInvalidParameter, "limit must be 1 to 1000");
        }
        page.limit = static_cast<std::size_t>(number);
    }
    if (const auto* cursor = find_parameter(query, "cursor")) {
        page.cursor = *cursor;
    }
    return page;
}

protocol::HttpHeaders link_headers(
    std::string_view name, const FormFields& query, const std::optional<std::string>& next_cursor
) {
    protocol::HttpHeaders headers{
        {"Link", link(name, query, nullptr, "first")},
        {"Link", link(name, query, find_parameter(query, "cursor"), "current")}};
    if (next_cursor) {
        headers.emplace_back("Link", link(name, query, &*next_cursor, "next"));
    }
    return headers;
}

}  // namespace orderpush::realtime::ably
