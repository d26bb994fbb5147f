#include "http/routing/problem.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

struct StatusTitle {
    int status;
    std::string_view title;
};

/// RFC 9110, section 15, and RFC 6585; with type "about:blank" the title is the status phrase
/// (RFC 9457, section 4.2.1).
constexpr std::array kTitles{
    StatusTitle{400, "Bad Request"},
    StatusTitle{401, "Unauthorized"},
    StatusTitle{403, "Forbidden"},
    StatusTitle{404, "Not Found"},
    StatusTitle{405, "Method Not Allowed"},
    StatusTitle{409, "Conflict"},
    StatusTitle{410, "Gone"},
    StatusTitle{412, "Precondition Failed"},
    StatusTitle{413, "Content Too Large"},
    StatusTitle{414, "URI Too Long"},
    StatusTitle{415, "Unsupported Media Type"},
    StatusTitle{422, "Unprocessable Content"},
    StatusTitle{429, "Too Many Requests"},
    StatusTitle{500, "Internal Server Error"},
    StatusTitle{503, "Service Unavailable"},
    StatusTitle{504, "Gateway Timeout"},
};

std::string_view title_of(int status) {
    const auto found = std::ranges::find(kTitles, status, &StatusTitle::status);
    return found == kTitles.end() ? std::string_view{"Error"} : found->title;
}

Json faults_json(const std::vector<FieldError>& faults) {
    Json list = Json::array();
    for (const FieldError& fault : faults) {
        list.push_back({{"field", fault.field}, {"message", fault.message}});
    }
    return list;
}

}  // namespace

int status_of(ErrorKind code) noexcept {
    switch (code) {
        case ErrorKind::kMalformed:
            return 400;
        case ErrorKind::kInvalid:
            return 422;
        case ErrorKind::kUnauthenticated:
            return 401;
        case ErrorKind::kForbidden:
            return 403;
        case ErrorKind::kNotFound:
            return 404;
        case ErrorKind::kConflict:
            return 409;
        case ErrorKind::kGone:
            return 410;
        case ErrorKind::kPreconditionFailed:
            return 412;
        case ErrorKind::kTooLarge:
            return 413;
        case ErrorKind::kRateLimited:
            return 429;
        case ErrorKind::kUnavailable:
            return 503;
        case ErrorKind::kTimeout:
            return 504;
        case ErrorKind::kInternal:
            break;
    }
    return 500;
}

Answer problem(const Error& error, std::string_view request_id) {
    return problem(status_of(error.kind), error, request_id);
}

Answer problem(int status, const Error& error, std::string_view request_id) {
    Json document{
        {"type", "about:blank"},
        {"title", title_of(status)},
        {"status", status},
        {"detail", error.message},
        {"code", error.code},
        {"requestId", request_id},
    };
    if (!error.field_errors.empty()) {
        document["errors"] = faults_json(error.field_errors);
    }
    for (const auto& [name, value] : error.extensions) {
        // emplace() never replaces one of the above.
        std::visit([&, &key = name](const auto& known) { document.emplace(key, known); }, value);
    }
    Answer answer{
        .status = status,
        // Text of the client may stand in it, and may be no UTF-8.
        .body = document.dump(-1, ' ', false, Json::error_handler_t::replace),
        .content_type = "application/problem+json",
        .headers = {}};
    if (status == 401) {
        answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    }
    if (error.retry_after) {
        answer.headers.emplace_back("Retry-After", std::to_string(error.retry_after->count()));
    }
    return answer;
}

Answer protocol_problem(int status, std::string_view request_id) {
    switch (status) {
        case 413:
            return problem(
                {.kind = ErrorKind::kTooLarge,
                 .code = "body_too_large",
                 .message = "The request's body is larger than this service takes."},
                request_id
            );
        case 414:
            return problem(
                status,
                {.kind = ErrorKind::kTooLarge,
                 .code = "uri_too_long",
                 .message = "The request's target is longer than this service takes."},
                request_id
            );
        case 500:
            return problem(
                {.kind = ErrorKind::kInternal,
                 .code = "internal",
                 .message = "The service failed to answer this request."},
                request_id
            );
        default:
            return problem(
                {.kind = ErrorKind::kMalformed,
                 .code = "malformed_request",
                 .message = "The request is not valid HTTP/1.1 as this service understands it."},
                request_id
            );
    }
}

}  // namespace orderpush::http
