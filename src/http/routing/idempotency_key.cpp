#include "http/routing/idempotency_key.hpp"

#include "base/crypto/crypto.hpp"
#include "core/error_codes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIdempotencyKeyMax = 255;

bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

Result<std::string> id_in(const std::string& document) {
    const Json json = Json::parse(document, nullptr, false);
    if (!json.is_object() || !json.contains("id") || !json["id"].is_string()) {
        return make_internal_error("the response for something created has no id");
    }
    return json["id"].get<std::string>();
}

}  // namespace

std::optional<usecases::Idempotency> read_idempotency(
    const Request& request, FieldErrorList& errors
) {
    const std::string_view key = request.header("Idempotency-Key");
    if (key.empty()) {
        return std::nullopt;
    }
    if (key.size() > kIdempotencyKeyMax || !is_printable_ascii(key)) {
        errors.add("Idempotency-Key", "must be 1 to 255 printable ASCII characters");
        return std::nullopt;
    }
    // NUL separates: neither a method nor a path can have one. The hash is stored, so its text
    // stays.
    std::string asked{request.method};
    asked.append(1, '\0').append(request.path).append(1, '\0').append(request.body);
    return usecases::Idempotency{.key = std::string{key}, .request_hash = sha256_hex(asked)};
}

Response created_response(usecases::CreatedAnswer created) {
    Response response{.status = created.status, .body = std::move(created.body)};
    if (created.is_replay) {
        response.headers.emplace_back("Idempotent-Replayed", "true");
    }
    return response;
}

Result<Response> created_response(usecases::CreatedAnswer created, std::string_view collection) {
    const auto id = ORDERPUSH_TRY(id_in(created.body));
    Response response = created_response(std::move(created));
    response.headers.emplace_back("Location", std::string{collection} + id);
    return response;
}

}  // namespace orderpush::http
