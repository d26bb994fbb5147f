#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::protocol {

/// One HTTP request, as views of what its parser keeps: they last until it is answered.
struct HttpRequest {
    /// As on the wire: methods are case-sensitive (RFC 9110, section 9.1).
    std::string_view method = {};
    /// From the '/' up to the '?', still percent-encoded; or "*", the server as a whole.
    std::string_view path = {};
    /// Behind the '?', still percent-encoded.
    std::string_view query = {};
    /// Names and values as on the wire, in the order received.
    std::vector<std::pair<std::string_view, std::string_view>> headers = {};
    std::string_view body = {};
    /// The peer's IP, which may be a proxy's.
    std::string_view remote_address = {};

    /// The first header of this name, in any case; empty if there is none.
    std::string_view header(std::string_view name) const;
    /// Every header of this name, in any case, in the order received.
    std::vector<std::string_view> all_headers(std::string_view name) const;
};

/// Names are literals. None of those that the server itself writes: Connection, Content-Length,
/// Content-Type, Date, Keep-Alive.
using HttpHeaders = std::vector<std::pair<std::string_view, std::string>>;

struct HttpResponse {
    int status = 200;
    /// Empty: no Content-Type either.
    std::string body = {};
    /// Outlives the response: a literal, or a file's that stays.
    std::string_view content_type = "application/json";
    HttpHeaders headers = {};
    /// Instead of `body`: one that outlives the response, and is sent without being copied.
    std::string_view file = {};

    std::string_view content() const noexcept { return file.empty() ? body : file; }
};

/// To be called exactly once, on any thread.
using HttpReply = std::function<void(HttpResponse response)>;

/// What a request is for.
struct HttpTarget {
    /// Host and port that an absolute form names; it counts, and the header Host does not.
    std::optional<std::string_view> host = {};
    std::string_view path = {};
    std::string_view query = {};
};

/// The target of a request line in origin-form, absolute-form, or with OPTIONS asterisk-form (RFC
/// 9112, section 3.2), as views of it; nothing for anything else. The authority-form is that of
/// CONNECT alone, which names no resource: its path is empty.
std::optional<HttpTarget> parse_http_target(std::string_view method, std::string_view target);

/// Whether the method is one of RFC 9110, section 9.3, or PATCH (RFC 5789).
bool is_known_http_method(std::string_view method) noexcept;

/// The phrase of a status (RFC 9110, section 15, and RFC 6585); "Error" for others.
std::string_view reason_phrase(int status) noexcept;

/// Whether the two are the same but for the case of ASCII letters.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace orderpush::protocol
