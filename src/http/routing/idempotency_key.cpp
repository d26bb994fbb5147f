#include "http/routing/idempotency_key.hpp"

#include "base/crypto/crypto.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::http {
namespace {

constexpr std::size_t kIdempotencyKeyMax = 255;

bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::optional<usecases::Idempotency> read_idempotency(
    const Request& request, FieldErrorList& faults
) {
    const std::string_view key = request.header("Idempotency-Key");
    if (key.empty()) {
        return std::nullopt;
    }
    if (key.size() > kIdempotencyKeyMax || !is_printable_ascii(key)) {
        faults.add("Idempotency-Key", "must be 1 to 255 printable ASCII characters");
        return std::nullopt;
    }
    // NUL separates: neither a method nor a path can have one.
    std::string asked = request.method + '\0' + request.path + '\0' + request.body;
    return usecases::Idempotency{.key = std::string{key}, .request_hash = sha256_hex(asked)};
}

Answer created_answer(usecases::CreatedResponse created) {
    Answer answer{.status = created.status, .body = std::move(created.body)};
    if (created.is_replay) {
        answer.headers.emplace_back("Idempotent-Replayed", "true");
    }
    return answer;
}

Result<Answer> created_answer(usecases::CreatedResponse created, std::string_view collection) {
    if (created.id.empty()) {
        return created_unnamed();
    }
    std::string location = std::string{collection} + created.id;
    Answer answer = created_answer(std::move(created));
    answer.headers.emplace_back("Location", std::move(location));
    return answer;
}

Error created_unnamed() {
    return {
        .kind = ErrorKind::kInternal,
        .code = "internal",
        .message = "The service failed to answer this request.",
        .detail = "the response to something created does not name it"};
}

}  // namespace orderpush::http
