#include "core/error_codes.hpp"
#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/access/token_service.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace orderpush::http {
namespace {

/// The value of a parameter, wherever it stands. The SDK sends the same in a query and in a form;
/// one that is empty counts as absent, as there.
std::optional<std::string> parameter(const RequestContext& context, std::string_view name) {
    const auto in_query = std::ranges::find(context.query, name, &FormFields::value_type::first);
    if (in_query != context.query.end()) {
        return in_query->second.empty() ? std::nullopt : std::optional{in_query->second};
    }
    const auto in_body = std::ranges::find(context.body, name, &JsonMember::name);
    if (in_body == context.body.end()) {
        return std::nullopt;
    }
    if (const auto* number = std::get_if<std::int64_t>(&in_body->value.content)) {
        return std::to_string(*number);
    }
    const auto* text = std::get_if<std::string>(&in_body->value.content);
    return text == nullptr || text->empty() ? std::nullopt : std::optional{*text};
}

std::optional<std::chrono::milliseconds> lifetime_in(
    const std::string& text, FieldErrorList& errors
) {
    std::int64_t count = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, count);
    if (failure != std::errc{} || stopped != end || count <= 0) {
        errors.add("ttl", "must be a whole number of milliseconds");
        return std::nullopt;
    }
    return std::chrono::milliseconds{count};
}

usecases::TokenRequest read_token_request(const RequestContext& context, FieldErrorList& errors) {
    usecases::TokenRequest wanted{
        .client_id = parameter(context, "clientId"),
        .capability = parameter(context, "capability")};
    if (const auto ttl = parameter(context, "ttl")) {
        wanted.lifetime = lifetime_in(*ttl, errors);
    }
    const std::string format = parameter(context, "format").value_or("jwt");
    wanted.is_request = format == "tokenRequest";
    if (format != "jwt" && !wanted.is_request) {
        errors.add("format", "must be jwt or tokenRequest");
    }
    return wanted;
}

}  // namespace

/// GET|POST /v1/realtime/ably/auth, what ably-js calls as its `authUrl` → 200: an Ably JWT as
/// application/jwt, or with format=tokenRequest a signed TokenRequest as application/json (Ably,
/// "Token authentication"). In the query, in a form or as JSON: `clientId` (none but the caller's
/// own: 403), `ttl` (ms), `capability`; others are ignored. 403 ends the SDK's attempts, anything
/// else it tries again.
Result<Response> authorize_ably(const RequestContext& context) {
    if (context.services.ably_tokens == nullptr) {
        return make_error("provider_not_configured", "Ably is not configured here.");
    }
    FieldErrorList errors;
    const usecases::TokenRequest wanted = read_token_request(context, errors);
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto issued = ORDERPUSH_TRY(context.services.ably_tokens->issue(context.caller(), wanted));
    return Response{
        .body = std::move(issued),
        .content_type = wanted.is_request ? "application/json" : "application/jwt"};
}

}  // namespace orderpush::http
