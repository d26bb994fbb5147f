#include "protocol/http_problem.hpp"

#include "core/error_codes.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace orderpush::protocol {
namespace {

using Json = nlohmann::ordered_json;

int status_of_kind(ErrorKind kind) noexcept {
    switch (kind) {
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

Json to_json(const std::vector<FieldError>& field_errors) {
    Json list = Json::array();
    for (const FieldError& error : field_errors) {
        list.push_back({{"field", error.field}, {"message", error.message}});
    }
    return list;
}

}  // namespace

int http_status_of(const Error& error) noexcept {
    const ErrorCode* const known = find_error_code(error.code);
    return known != nullptr && known->status != 0 ? known->status : status_of_kind(error.kind);
}

HttpResponse make_problem(const Error& error, std::string_view request_id) {
    const int status = http_status_of(error);
    Json document{
        {"type", "about:blank"},
        // With that type, the title is the status phrase (RFC 9457, section 4.2.1).
        {"title", reason_phrase(status)},
        {"status", status},
        {"code", error.code},
        {"detail", error.message},
        {"requestId", request_id},
    };
    if (!error.field_errors.empty()) {
        document["errors"] = to_json(error.field_errors);
    }
    for (const auto& [name, value] : error.extensions) {
        // emplace() never replaces one of the above.
        std::visit([&, &key = name](const auto& known) { document.emplace(key, known); }, value);
    }
    HttpResponse response{
        .status = status,
        // Text of the client may stand in it, and may be no UTF-8.
        .body = document.dump(-1, ' ', false, Json::error_handler_t::replace),
        .content_type = "application/problem+json"};
    if (status == 401) {
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
    }
    if (error.retry_after) {
        response.headers.emplace_back("Retry-After", std::to_string(error.retry_after->count()));
    }
    return response;
}

}  // namespace orderpush::protocol
