#include "http_server/http_text.hpp"

#include "base/crypto/crypto.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace orderpush::http_server {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

/// RFC 9110, section 15, and RFC 6585, section 5.
std::string_view reason_phrase(int status) {
    constexpr std::array<std::pair<int, std::string_view>, 12> kPhrases{{
        {200, "OK"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {408, "Request Timeout"},
        {413, "Content Too Large"},
        {417, "Expectation Failed"},
        {426, "Upgrade Required"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    }};
    const auto* found =
        std::ranges::find(kPhrases, status, &std::pair<int, std::string_view>::first);
    return found == kPhrases.end() ? "Error" : found->second;
}

void append_connection_headers(
    std::string& text, bool is_kept_alive, std::chrono::seconds idle_timeout
) {
    if (is_kept_alive) {
        text.append("Connection: keep-alive\r\nKeep-Alive: timeout=")
            .append(std::to_string(idle_timeout.count()))
            .append(kLineEnd);
    } else {
        text.append("Connection: close\r\n");
    }
}

bool names_header(std::string_view line, std::string_view name) {
    return line.size() > name.size() && line[name.size()] == ':' &&
           std::ranges::equal(line.substr(0, name.size()), name, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
           });
}

}  // namespace

std::string problem_response(const Problem& problem, std::string_view more_headers) {
    const std::string request_id = random_token(12);
    const std::string status = std::to_string(problem.status);
    const std::string title{reason_phrase(problem.status)};
    const std::string body = R"({"type":"about:blank","title":")" + title + R"(","status":)" +
                             status + R"(,"code":")" + std::string{problem.code} +
                             R"(","detail":")" + std::string{problem.detail} +
                             R"(","requestId":")" + request_id + "\"}";
    return "HTTP/1.1 " + status + ' ' + title +
           "\r\nContent-Type: application/problem+json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nX-Request-Id: " + request_id + "\r\n" +
           std::string{problem.headers} + std::string{more_headers} + "Connection: close\r\n\r\n" +
           body;
}

std::string api_response(
    const realtime::ApiAnswer& answer,
    bool is_kept_alive,
    std::chrono::seconds idle_timeout,
    std::string_view more_headers
) {
    const bool is_document = answer.status == 200;
    std::string text;
    text.reserve(256 + more_headers.size() + answer.body.size());
    text.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ");
    text.append(reason_phrase(answer.status)).append("\r\nContent-Type: ");
    text.append(is_document ? "application/json" : "text/plain; charset=utf-8");
    text.append("\r\nContent-Length: ").append(std::to_string(answer.body.size()));
    text.append("\r\nX-Request-Id: ").append(random_token(12)).append(kLineEnd);
    text.append(answer.status == 503 ? "Retry-After: 1\r\n" : "").append(more_headers);
    append_connection_headers(text, is_kept_alive, idle_timeout);
    text.append(kLineEnd).append(answer.body);
    return text;
}

std::string with_connection_headers(
    std::string_view response, bool is_kept_alive, std::chrono::seconds idle_timeout
) {
    const auto head_end = response.find(kHeadEnd);
    if (head_end == std::string_view::npos) {
        return {};
    }
    std::string text;
    text.reserve(response.size() + 64);
    std::string_view head = response.substr(0, head_end + kLineEnd.size());
    while (!head.empty()) {
        const std::size_t length = head.find(kLineEnd) + kLineEnd.size();
        const std::string_view line = head.substr(0, length);
        if (!names_header(line, "connection") && !names_header(line, "keep-alive")) {
            text += line;
        }
        head.remove_prefix(length);
    }
    append_connection_headers(text, is_kept_alive, idle_timeout);
    text += response.substr(head_end + kLineEnd.size());
    return text;
}

}  // namespace orderpush::http_server
