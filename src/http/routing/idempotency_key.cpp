#include "http/routing/idempotency_key.hpp"

#include "base/crypto/crypto.hpp"

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
        return Error{
            .kind = ErrorKind::kInternal,
            .code = "internal",
            .message = "The service failed to answer this request.",
            .detail = "the answer of something created has no id"};
    }
    return json["id"].get<std::string>();
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

Answer created_answer(usecases::CreatedAnswer created) {
    Answer answer{.status = created.status, .body = std::move(created.body)};
    if (created.is_replay) {
        answer.headers.emplace_back("Idempotent-Replayed", "true");
    }
    return answer;
}

Result<Answer> created_answer(usecases::CreatedAnswer created, std::string_view collection) {
    const auto id = ORDERPUSH_TRY(id_in(created.body));
    Answer answer = created_answer(std::move(created));
    answer.headers.emplace_back("Location", std::string{collection} + id);
    return answer;
}

}  // namespace orderpush::http
