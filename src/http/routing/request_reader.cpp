#include "http/routing/request_reader.hpp"

#include "base/crypto/crypto.hpp"
#include "core/error_codes.hpp"
#include "core/tables/session_store.hpp"
#include "http/json/field_reader.hpp"
#include "http/routing/idempotency_key.hpp"
#include "usecases/access/authenticator.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace orderpush::http {
namespace {

constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

constexpr std::string_view kBearer = "Bearer ";

bool has_bearer_token(const Request& request) {
    return equal_ignoring_case(request.header("Authorization").substr(0, kBearer.size()), kBearer);
}

/// Without its parameters: "application/json" of "application/json; charset=utf-8".
std::string_view media_type(const Request& request) {
    const std::string_view value = request.header("Content-Type");
    const std::string_view type = value.substr(0, value.find(';'));
    const auto last = type.find_last_not_of(" \t");
    return last == std::string_view::npos ? std::string_view{} : type.substr(0, last + 1);
}

/// `Authorization: Bearer …`, else X-API-Key; empty if there is neither. Another scheme is a
/// proxy's in front of us, not ours.
std::string credential_of(const Request& request) {
    return std::string{
        has_bearer_token(request) ? bearer_token_of(request) : request.header("X-API-Key")};
}

Result<Caller> prove_caller(const Route& route, const RequestContext& context) {
    const std::string credential = credential_of(context.request);
    if (credential.empty()) {
        return make_error("credential_missing");
    }
    usecases::Authenticator& authenticator = context.services.authenticator;
    auto caller = route.access == Access::kAllowClosedSession
                      ? authenticator.authenticate_departed_too(credential)
                  : route.access == Access::kPasswordChange
                      ? authenticator.authenticate_for_password(credential)
                      : authenticator.authenticate(credential);
    if (!caller && route.access == Access::kSubscriber && caller.error().code == "session_closed") {
        return session_closed(ErrorKind::kForbidden);
    }
    return caller;
}

bool is_operator(const RequestContext& context) {
    const std::string& token = context.services.operator_token;
    return !token.empty() && equal_in_constant_time(bearer_token_of(context.request), token);
}

Result<FormFields> read_query(const Route& route, const Request& request) {
    const bool takes_any = std::ranges::find(route.query, kAnyParameter) != route.query.end();
    if (takes_any && route.query.size() == 1) {
        return FormFields{};
    }
    auto fields = parse_form(request.query);
    if (!fields) {
        return make_error("malformed_query");
    }
    FieldErrorList errors;
    std::set<std::string_view> seen;
    for (const auto& field : *fields) {
        const std::string& name = field.first;
        const bool is_known = std::ranges::find(route.query, name) != route.query.end();
        if (!is_known && takes_any) {
            continue;
        }
        if (!is_known) {
            errors.add(name, "is not a known query parameter");
        } else if (!seen.insert(name).second) {
            errors.add(name, "is given more than once");
        }
    }
    if (!errors.is_empty()) {
        return errors.error();
    }
    return std::move(*fields);
}

Result<JsonObject> read_json_body(const Request& request, std::size_t depth_max) {
    auto value = ORDERPUSH_TRY(parse_json(request.body, depth_max));
    auto* object = std::get_if<JsonObject>(&value.content);
    if (object == nullptr) {
        return make_error("body_not_object");
    }
    return std::move(*object);
}

Result<JsonObject> read_form_body(const Request& request) {
    auto fields = parse_form(request.body);
    if (!fields) {
        return make_error("malformed_form");
    }
    JsonObject object;
    for (auto& [name, value] : *fields) {
        object.push_back({std::move(name), {std::move(value)}});
    }
    return object;
}

/// Whether there is no body to read, and none has to be.
bool is_bodiless(const Route& route, const Request& request) {
    return route.body == Body::kNone || (route.body == Body::kOptionalJson && request.body.empty());
}

Result<JsonObject> read_body(const Route& route, const Request& request, std::size_t depth_max) {
    if (is_bodiless(route, request)) {
        return JsonObject{};
    }
    const bool is_form = equal_ignoring_case(media_type(request), kFormType);
    return is_form ? read_form_body(request) : read_json_body(request, depth_max);
}

}  // namespace

std::string_view bearer_token_of(const Request& request) {
    if (!has_bearer_token(request)) {
        return {};
    }
    const std::string_view token = request.header("Authorization").substr(kBearer.size());
    return token.substr(std::min(token.find_first_not_of(' '), token.size()));
}

bool takes_media_type(const Route& route, const Request& request) {
    if (is_bodiless(route, request)) {
        return true;
    }
    if (!request.header("Content-Encoding").empty()) {
        return false;
    }
    const std::string_view type = media_type(request);
    return equal_ignoring_case(type, kJsonType) ||
           (route.body == Body::kJsonOrForm && equal_ignoring_case(type, kFormType));
}

bool has_proven_sender(const Request& head, usecases::Authenticator& authenticator) {
    const std::string credential = credential_of(head);
    return !credential.empty() && authenticator.authenticate(credential).has_value();
}

Result<void> read_caller(const Route& route, RequestContext& context) {
    const bool is_optional =
        route.access == Access::kAnyone ||
        (route.access == Access::kOptionalCaller && credential_of(context.request).empty());
    const bool takes_operator =
        route.access == Access::kCallerOrOperator || route.access == Access::kOperator;
    context.is_operator = takes_operator && is_operator(context);
    if (is_optional || context.is_operator) {
        return {};
    }
    auto caller = ORDERPUSH_TRY(prove_caller(route, context));
    if (route.access == Access::kOperator) {
        return make_error("forbidden", "Only the operator of the service may do this.");
    }
    context.proven_caller = std::move(caller);
    return {};
}

Result<void> read_input(const Route& route, std::size_t json_depth_max, RequestContext& context) {
    if (route.method != "GET") {
        ORDERPUSH_TRY(check_idempotency_key(context.request));
    }
    auto query = read_query(route, context.request);
    if (!query) {
        return std::move(query).error();
    }
    context.query = std::move(*query);
    auto body = read_body(route, context.request, json_depth_max);
    if (!body) {
        return std::move(body).error();
    }
    context.body = std::move(*body);
    return {};
}

}  // namespace orderpush::http
