#include "http/routing/router.hpp"

#include "base/crypto/uuid.hpp"
#include "base/percent.hpp"

#include <optional>
#include <utility>

namespace orderpush::http {
namespace {

/// Of a path that begins with '/'; a trailing '/' makes an empty last segment.
std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool is_capture(std::string_view segment) {
    return segment.starts_with('{');
}

bool takes_uuids(std::string_view segment) {
    return segment == "{id}" || segment.ends_with("Id}");
}

bool segment_matches(std::string_view wanted, const std::string& given) {
    if (!is_capture(wanted)) {
        return wanted == given;
    }
    return takes_uuids(wanted) ? parse_uuid(given).has_value() : !given.empty();
}

bool matches(const std::vector<std::string_view>& wanted, const std::vector<std::string>& given) {
    if (wanted.size() != given.size()) {
        return false;
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!segment_matches(wanted[i], given[i])) {
            return false;
        }
    }
    return true;
}

std::vector<std::string> captures_of(
    const std::vector<std::string_view>& wanted, std::vector<std::string>& given
) {
    std::vector<std::string> captures;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (is_capture(wanted[i])) {
            captures.push_back(std::move(given[i]));
        }
    }
    return captures;
}

/// Decoded only after splitting, so that an encoded '/' does not separate.
std::optional<std::vector<std::string>> decoded_segments(std::string_view path) {
    std::vector<std::string> decoded;
    for (const std::string_view segment : segments_of(path)) {
        auto text = percent_decode(segment);
        if (!text) {
            return std::nullopt;
        }
        decoded.push_back(std::move(*text));
    }
    return decoded;
}

}  // namespace

Router::Router(std::vector<Route> routes) {
    entries_.reserve(routes.size());
    for (Route& route : routes) {
        auto segments = segments_of(route.pattern);
        entries_.push_back({std::move(route), std::move(segments)});
    }
}

RouteMatch Router::match(std::string_view method, std::string_view path) const {
    auto given = decoded_segments(path);
    RouteMatch match;
    if (!given) {
        return match;
    }
    const std::string_view wanted_method = method == "HEAD" ? "GET" : method;
    for (const Entry& entry : entries_) {
        if (!matches(entry.segments, *given)) {
            continue;
        }
        if (entry.route.method == wanted_method) {
            return {.route = &entry.route, .captures = captures_of(entry.segments, *given)};
        }
        match.allowed +=
            entry.route.method == "GET" ? "GET, HEAD, " : std::string{entry.route.method} + ", ";
    }
    if (!match.allowed.empty()) {
        match.allowed += "OPTIONS";
    }
    return match;
}

}  // namespace orderpush::http
