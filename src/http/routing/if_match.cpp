#include "http/routing/if_match.hpp"

#include "core/error_codes.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace orderpush::http {
namespace {

constexpr std::string_view kSpace = " \t";

Error malformed() {
    return make_error("malformed_if_match");
}

/// All fields of this name as one list (RFC 9110, section 5.3); nothing if there is none.
std::optional<std::string> joined_fields(const Request& request) {
    std::optional<std::string> joined;
    for (const std::string_view field : request.all_headers("If-Match")) {
        joined = joined ? joined->append(",").append(field) : std::string{field};
    }
    return joined;
}

void skip(std::string_view& text, std::string_view characters) {
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

/// What may stand between the quotes (RFC 9110, section 8.8.3).
bool is_tag_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return code >= 0x21 && code != '"' && code != 0x7F;
    });
}

/// The version that a strong tag of ours names.
std::optional<std::int64_t> version_in(std::string_view tag) {
    std::int64_t version = 0;
    const auto [stop, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
    const bool is_ours = error == std::errc{} && stop == tag.data() + tag.size();
    // Not "+1", not "01": a strong tag is compared character by character.
    return is_ours && std::to_string(version) == tag ? std::optional{version} : std::nullopt;
}

/// Takes one entity tag off the front of `text`; false if there is none.
bool take_tag(std::string_view& text, std::vector<std::int64_t>& versions) {
    const bool is_weak = text.starts_with("W/");
    text.remove_prefix(is_weak ? 2 : 0);
    const auto end = text.starts_with('"') ? text.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos || !is_tag_text(text.substr(1, end - 1))) {
        return false;
    }
    const auto version = version_in(text.substr(1, end - 1));
    if (version && !is_weak) {
        versions.push_back(*version);
    }
    text.remove_prefix(end + 1);
    return true;
}

}  // namespace

std::string etag_of(std::int64_t version) {
    return '"' + std::to_string(version) + '"';
}

Result<usecases::ExpectedVersions> read_if_match(const Request& request) {
    const auto field = joined_fields(request);
    if (!field) {
        return usecases::ExpectedVersions{};
    }
    std::string_view text{*field};
    skip(text, kSpace);
    if (text.substr(0, text.find_last_not_of(kSpace) + 1) == "*") {
        return usecases::ExpectedVersions{};
    }
    std::vector<std::int64_t> versions;
    bool has_tag = false;
    while (!text.empty()) {
        if (text.front() != ',') {
            if (!take_tag(text, versions)) {
                return malformed();
            }
            has_tag = true;
            skip(text, kSpace);
            if (!text.empty() && text.front() != ',') {
                return malformed();
            }
        }
        skip(text, " \t,");  // empty elements of a list are to be ignored
    }
    if (!has_tag) {
        return malformed();
    }
    return usecases::ExpectedVersions{std::move(versions)};
}

}  // namespace orderpush::http
