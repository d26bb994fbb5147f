#include "net/http_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <curl/curl.h>

namespace orderpush::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Beyond this a header is more likely wrong than meant.
constexpr seconds kRetryAfterMax{3'600};

bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
    const auto found = std::ranges::find(headers, name, &Headers::value_type::first);
    return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

std::optional<milliseconds> retry_after(const HttpResponse& response, Timestamp now) {
    const std::string value{response.header("retry-after")};
    if (value.empty()) {
        return std::nullopt;
    }
    std::int64_t count = 0;
    const auto* end = value.data() + value.size();
    const auto [stopped, failure] = std::from_chars(value.data(), end, count);
    if (stopped == end && failure == std::errc{}) {
        return seconds{std::clamp<std::int64_t>(count, 0, kRetryAfterMax.count())};
    }
    const auto date = curl_getdate(value.c_str(), nullptr);
    if (date < 0) {
        return std::nullopt;
    }
    const auto wait = std::chrono::sys_seconds{seconds{date}} - now;
    return std::clamp<milliseconds>(wait, milliseconds{0}, kRetryAfterMax);
}

bool is_success(int status) noexcept {
    return status >= 200 && status < 300;
}

bool is_maybe_about_content(int status) noexcept {
    constexpr std::array kStatuses{400, 403, 406, 413, 414, 415, 422, 431, 451};
    return std::ranges::find(kStatuses, status) != kStatuses.end();
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded.push_back('%');
        encoded.push_back(kDigits[byte >> 4U]);
        encoded.push_back(kDigits[byte & 0x0FU]);
    }
    return encoded;
}

std::string excerpt(std::string_view text, std::size_t bytes_max) {
    std::string kept{text.substr(0, bytes_max)};
    for (char& c : kept) {
        const bool is_control = c >= 0 && (c < ' ' || c == '\x7F');
        c = is_control ? ' ' : (c < 0 ? '?' : c);
    }
    const auto last = kept.find_last_not_of(' ');
    kept.resize(last == std::string::npos ? 0 : last + 1);
    return kept;
}

}  // namespace orderpush::net
