#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::http {

/// One request as the routes see it, free of the library that parsed it.
struct Request {
    std::string method;
    /// Up to the '?', still percent-encoded.
    std::string path;
    /// Behind the '?', still percent-encoded.
    std::string query;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    /// The id it is known by in logs and in X-Request-Id.
    std::string id;
    /// The client's IP, past our own proxies; empty if not known.
    std::string client_address = {};

    /// The first header of this name, in any case; empty if there is none.
    std::string_view header(std::string_view name) const;
    /// Every header of this name, in any case, in the order received.
    std::vector<std::string_view> all_headers(std::string_view name) const;
};

struct Answer {
    int status = 200;
    /// Empty: no Content-Type either.
    std::string body = {};
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers = {};
};

/// Whether the two are the same but for the case of ASCII letters.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace orderpush::http
