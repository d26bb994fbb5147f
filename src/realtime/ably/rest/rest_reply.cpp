#include "realtime/ably/rest/rest_reply.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace orderpush::realtime::ably {
namespace {

constexpr std::string_view kMsgpackType = "application/x-msgpack";
/// SDKs in Node compare it exactly.
constexpr std::string_view kJsonType = "application/json";

/// The SDKs in browsers ask with credentials where they send Authorization, so that the response
/// has to allow them, and cannot allow "*".
void add_cors(protocol::HttpHeaders& headers) {
    headers.emplace_back("Access-Control-Allow-Credentials", "true");
    headers.emplace_back(
        "Access-Control-Expose-Headers", "Link, X-Ably-ErrorCode, X-Ably-ErrorMessage"
    );
}

/// As a header's value may have it.
std::string in_header(std::string_view text) {
    std::string value{text};
    std::ranges::replace_if(
        value, [](char c) { return c < ' ' || c > '~'; }, '?'
    );
    return value;
}

}  // namespace

void RestReply::send(int status, const Value& body, protocol::HttpHeaders headers) const {
    add_cors(headers);
    reply_(
        {.status = status,
         .body = encode_value(format_, body),
         .content_type = format_ == Format::kMsgpack ? kMsgpackType : kJsonType,
         .headers = std::move(headers)}
    );
}

void RestReply::refuse(const ErrorInfo& error) const {
    send(
        error.status,
        Value{{"error", to_value(error)}},
        {{"X-Ably-ErrorCode", std::to_string(error.code)},
         {"X-Ably-ErrorMessage", in_header(error.message)}}
    );
}

void RestReply::allow_methods() const {
    protocol::HttpHeaders headers{
        {"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS"},
        {"Access-Control-Allow-Headers",
         "Authorization, Content-Type, Accept, X-Ably-Version, Ably-Agent, X-Ably-ClientId"},
        {"Access-Control-Max-Age", "600"}};
    add_cors(headers);
    reply_({.status = 204, .headers = std::move(headers)});
}

Format answer_format(const protocol::HttpRequest& request, const std::string* format_parameter) {
    if (format_parameter != nullptr) {
        return *format_parameter == "msgpack" ? Format::kMsgpack : Format::kJson;
    }
    const std::string accept = in_lower_case(request.header("Accept"));
    const auto msgpack = accept.find(kMsgpackType);
    return msgpack != std::string::npos && msgpack < accept.find(kJsonType) ? Format::kMsgpack
                                                                            : Format::kJson;
}

Format body_format(const protocol::HttpRequest& request) {
    const std::string type = in_lower_case(request.header("Content-Type"));
    return type.starts_with(kMsgpackType) ? Format::kMsgpack : Format::kJson;
}

}  // namespace orderpush::realtime::ably
