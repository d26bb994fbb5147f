#include "http/routing/idempotency_key.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "core/error_codes.hpp"
#include "http/routing/if_match.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::http {
namespace {

constexpr const char* kHeader = "Idempotency-Key";
constexpr std::size_t kIdempotencyKeyMax = 255;

bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Result<void> check_idempotency_key(const Request& request) {
    const auto keys = request.all_headers(kHeader);
    if (keys.empty()) {
        return {};
    }
    if (keys.size() > 1) {
        return invalid_fields({{kHeader, "is given more than once"}});
    }
    const std::string_view key = trimmed(keys.front());
    if (key.empty() || key.size() > kIdempotencyKeyMax || !is_printable_ascii(key)) {
        return invalid_fields({{kHeader, "must be 1 to 255 printable ASCII characters"}});
    }
    return {};
}

std::optional<usecases::Idempotency> read_idempotency(const Request& request) {
    const std::string_view key = trimmed(request.header(kHeader));
    if (key.empty()) {
        return std::nullopt;
    }
    // NUL separates: neither a method nor a path can have one. The hash is stored, so its text
    // stays.
    std::string asked{request.method};
    asked.append(1, '\0').append(request.path).append(1, '\0').append(request.body);
    return usecases::Idempotency{.key = std::string{key}, .request_hash = sha256_hex(asked)};
}

Response created_response(usecases::CreatedResponse created) {
    Response response{.status = created.status, .body = std::move(created.body)};
    if (created.version) {
        response.headers.emplace_back("ETag", etag_of(*created.version));
    }
    if (created.is_replay) {
        response.headers.emplace_back("Idempotent-Replayed", "true");
    }
    return response;
}

Result<Response> created_response(usecases::CreatedResponse created, std::string_view collection) {
    if (created.id.empty()) {
        return created_unnamed();
    }
    std::string location = std::string{collection} + created.id;
    Response response = created_response(std::move(created));
    response.headers.emplace_back("Location", std::move(location));
    return response;
}

Error created_unnamed() {
    return make_internal_error("the response to something created does not name it");
}

}  // namespace orderpush::http
