#include "protocol/http_message.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace orderpush::protocol {
namespace {

using StatusPhrase = std::pair<int, std::string_view>;

constexpr std::array kPhrases{
    StatusPhrase{200, "OK"},
    StatusPhrase{201, "Created"},
    StatusPhrase{202, "Accepted"},
    StatusPhrase{204, "No Content"},
    StatusPhrase{304, "Not Modified"},
    StatusPhrase{400, "Bad Request"},
    StatusPhrase{401, "Unauthorized"},
    StatusPhrase{403, "Forbidden"},
    StatusPhrase{404, "Not Found"},
    StatusPhrase{405, "Method Not Allowed"},
    StatusPhrase{408, "Request Timeout"},
    StatusPhrase{409, "Conflict"},
    StatusPhrase{410, "Gone"},
    StatusPhrase{412, "Precondition Failed"},
    StatusPhrase{413, "Content Too Large"},
    StatusPhrase{414, "URI Too Long"},
    StatusPhrase{415, "Unsupported Media Type"},
    StatusPhrase{417, "Expectation Failed"},
    StatusPhrase{422, "Unprocessable Content"},
    StatusPhrase{426, "Upgrade Required"},
    StatusPhrase{429, "Too Many Requests"},
    StatusPhrase{431, "Request Header Fields Too Large"},
    StatusPhrase{500, "Internal Server Error"},
    StatusPhrase{501, "Not Implemented"},
    StatusPhrase{503, "Service Unavailable"},
    StatusPhrase{504, "Gateway Timeout"},
};

constexpr std::array<std::string_view, 9> kMethods{
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"};

HttpTarget split_query(std::string_view text) {
    const auto end = std::min(text.find('?'), text.size());
    return {.path = text.substr(0, end), .query = text.substr(std::min(end + 1, text.size()))};
}

/// What stands behind "http://" or "https://"; nothing for another scheme. Which of the two it is
/// makes no difference: proxies in front end TLS.
std::optional<std::string_view> without_scheme(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
            return target.substr(scheme.size());
        }
    }
    return std::nullopt;
}

/// Host and perhaps port. No user: that would only serve to deceive (RFC 9110, section 4.2.4).
bool is_authority(std::string_view text) {
    return !text.empty() && !text.starts_with(':') &&
           text.find_first_of("@/?#") == std::string_view::npos;
}

std::optional<HttpTarget> parse_absolute_form(std::string_view method, std::string_view target) {
    const auto rest = without_scheme(target);
    if (!rest) {
        return std::nullopt;
    }
    const auto end = std::min(rest->find_first_of("/?"), rest->size());
    const std::string_view authority = rest->substr(0, end);
    if (!is_authority(authority)) {
        return std::nullopt;
    }
    HttpTarget parsed = split_query(rest->substr(end));
    parsed.host = authority;
    if (parsed.path.empty()) {
        // With OPTIONS, no path at all is the server as a whole (RFC 9112, section 3.2.4).
        parsed.path = method == "OPTIONS" && end == rest->size() ? "*" : "/";
    }
    return parsed;
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
    const auto found = std::ranges::find_if(headers, [&](const auto& header) {
        return equal_ignoring_case(header.first, name);
    });
    return found == headers.end() ? std::string_view{} : found->second;
}

std::vector<std::string_view> HttpRequest::all_headers(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& header : headers) {
        if (equal_ignoring_case(header.first, name)) {
            values.push_back(header.second);
        }
    }
    return values;
}

std::optional<HttpTarget> parse_http_target(std::string_view method, std::string_view target) {
    if (method == "CONNECT") {
        return is_authority(target) ? std::optional{HttpTarget{.host = target}} : std::nullopt;
    }
    if (target.starts_with('/')) {
        return split_query(target);
    }
    if (target == "*" && method == "OPTIONS") {
        return HttpTarget{.path = target};
    }
    return parse_absolute_form(method, target);
}

bool is_known_http_method(std::string_view method) noexcept {
    return std::ranges::find(kMethods, method) != kMethods.end();
}

std::string_view reason_phrase(int status) noexcept {
    const auto* const found = std::ranges::find(kPhrases, status, &StatusPhrase::first);
    return found == kPhrases.end() ? std::string_view{"Error"} : found->second;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

}  // namespace orderpush::protocol
