#include "http/access/ably_routes.hpp"

#include "http/json/field_reader.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace orderpush::http {
namespace {

/// The value of a parameter, wherever it stands. The SDK sends the same in a query and in a form;
/// one that is empty counts as absent, as there.
std::optional<std::string> parameter(const RequestContext& call, std::string_view name) {
    const auto in_query = std::ranges::find(call.query, name, &FormFields::value_type::first);
    if (in_query != call.query.end()) {
        return in_query->second.empty() ? std::nullopt : std::optional{in_query->second};
    }
    const auto in_body = std::ranges::find(call.body, name, &JsonMember::name);
    if (in_body == call.body.end()) {
        return std::nullopt;
    }
    if (const auto* number = std::get_if<std::int64_t>(&in_body->value.content)) {
        return std::to_string(*number);
    }
    const auto* text = std::get_if<std::string>(&in_body->value.content);
    return text == nullptr || text->empty() ? std::nullopt : std::optional{*text};
}

std::optional<std::chrono::milliseconds> lifetime_in(
    const std::string& text, FieldErrorList& faults
) {
    std::int64_t count = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, count);
    if (failure != std::errc{} || stopped != end || count <= 0) {
        faults.add("ttl", "must be a whole number of milliseconds");
        return std::nullopt;
    }
    return std::chrono::milliseconds{count};
}

usecases::TokenRequest wish_of(const RequestContext& call, FieldErrorList& faults) {
    usecases::TokenRequest wish{
        .client_id = parameter(call, "clientId"), .capability = parameter(call, "capability")};
    if (const auto ttl = parameter(call, "ttl")) {
        wish.lifetime = lifetime_in(*ttl, faults);
    }
    const std::string format = parameter(call, "format").value_or("jwt");
    wish.is_request = format == "tokenRequest";
    if (format != "jwt" && !wish.is_request) {
        faults.add("format", "must be jwt or tokenRequest");
    }
    return wish;
}

}  // namespace

Result<Answer> authorize_ably(const RequestContext& call) {
    if (call.services.ably_tokens == nullptr) {
        return Error{
            .kind = ErrorKind::kNotFound,
            .code = "provider_not_configured",
            .message = "Ably is not configured here."};
    }
    FieldErrorList faults;
    const usecases::TokenRequest wish = wish_of(call, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    auto issued = ORDERPUSH_TRY(call.services.ably_tokens->issue(call.caller(), wish));
    return Answer{
        .body = std::move(issued),
        .content_type = wish.is_request ? "application/json" : "application/jwt"};
}

}  // namespace orderpush::http
