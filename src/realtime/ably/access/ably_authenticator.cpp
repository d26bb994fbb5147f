#include "realtime/ably/access/ably_authenticator.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "base/crypto/jwt.hpp"
#include "base/json_nesting.hpp"
#include "protocol/ably_token.hpp"
#include "realtime/ably/access/refusal.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kNestingMax = 16;
constexpr const char* kInnerToken = "x-ably-token";

ErrorInfo invalid_token(std::string why) {
    return refusal(code::kInvalidJwt, "Invalid token: " + std::move(why));
}

ErrorInfo expired() {
    return refusal(code::kTokenExpired, "Token expired");
}

bool is_base64url(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

struct JwtParts {
    std::string_view header;
    std::string_view claims;
};

/// Nothing unless it is three parts in base64url.
std::optional<JwtParts> split(std::string_view token) {
    const auto first = token.find('.');
    const auto second = token.find('.', std::min(first, token.size() - 1) + 1);
    const bool is_jwt = second != std::string_view::npos && second + 1 < token.size() &&
                        is_base64url(token.substr(0, first)) &&
                        is_base64url(token.substr(first + 1, second - first - 1)) &&
                        is_base64url(token.substr(second + 1));
    return is_jwt ? std::optional{JwtParts{
                        .header = token.substr(0, first),
                        .claims = token.substr(first + 1, second - first - 1)}}
                  : std::nullopt;
}

/// The object in a part of a token, before anything of it was verified; discarded if it is none.
Json object_in(std::string_view part) {
    std::string text{part};
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    const auto decoded = decode_base64(text);
    if (!decoded || nests_deeper_than(kNestingMax, *decoded)) {
        return Json(Json::value_t::discarded);
    }
    Json object = Json::parse(*decoded, nullptr, false);
    return object.is_object() ? object : Json(Json::value_t::discarded);
}

std::optional<std::string> text_field(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? std::optional{found->get<std::string>()}
                                                       : std::nullopt;
}

/// Whether there is anything under that name.
bool has(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && !found->is_null();
}

/// Of a NumericDate; nothing without one that can be a time of ours.
std::optional<Timestamp> time_field(const Json& object, const char* name) {
    constexpr double kSecondsMax = 1e11;
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number()) {
        return std::nullopt;
    }
    const auto seconds = found->get<double>();
    if (!(seconds >= 0 && seconds <= kSecondsMax)) {
        return std::nullopt;
    }
    return Timestamp{std::chrono::milliseconds{std::llround(seconds * 1'000)}};
}

std::optional<ErrorInfo> read_times(const Json& claims, Timestamp now, AblyAccess& access) {
    access.issued_at = time_field(claims, "iat");
    access.expires_at = time_field(claims, "exp");
    if (!access.issued_at || !access.expires_at) {
        return invalid_token("iat and exp are needed, in seconds");
    }
    if (*access.issued_at > now + kClockSkewMax) {
        return refusal(code::kTimestampNotCurrent, "The token's iat is in the future");
    }
    if (*access.expires_at - *access.issued_at > kTokenLifetimeMax) {
        return refusal(code::kInvalidParameter, "A token lives 24 hours at most");
    }
    return {};
}

Checked<ClientIdentity> client_in(const Json& claims) {
    if (!has(claims, "x-ably-clientId")) {
        return ClientIdentity{};
    }
    const auto id = text_field(claims, "x-ably-clientId");
    return ClientIdentity::parse(id.value_or(std::string{}));
}

/// What the key allows is everything.
Checked<Capability> capability_in(const Json& claims) {
    if (!has(claims, "x-ably-capability")) {
        return Capability::everything();
    }
    const auto text = text_field(claims, "x-ably-capability");
    auto capability = ORDERPUSH_TRY(Capability::parse(text.value_or(std::string{})));
    if (capability.is_empty()) {
        return refusal(code::kNotPermitted, "The token's capability is empty");
    }
    return capability;
}

Checked<AblyAccess> read_claims(const Json& claims, KnownKey known, Timestamp now) {
    AblyAccess access{.app = std::move(known.app), .key_name = std::move(known.key.name)};
    if (auto wrong = read_times(claims, now, access)) {
        return *std::move(wrong);
    }
    access.client = ORDERPUSH_TRY(client_in(claims));
    access.capability = ORDERPUSH_TRY(capability_in(claims));
    access.revocation_key = text_field(claims, "x-ably-revocation-key").value_or(std::string{});
    if (has(claims, protocol::kAblySessionClaim)) {
        access.session =
            parse_id<SessionId>(text_field(claims, protocol::kAblySessionClaim).value_or(""));
        if (!access.session) {
            return refusal(code::kBadRequest, "The token names no session");
        }
    }
    return access;
}

}  // namespace

Checked<AblyAccess> AblyAuthenticator::authenticate(const Credentials& credentials) const {
    if (credentials.is_empty()) {
        return refusal(code::kNoCredentials, "A key or a token is needed");
    }
    auto access = ORDERPUSH_TRY(
        credentials.token ? of_token(*credentials.token, false) : of_key(*credentials.key)
    );
    if (revocations_.is_revoked(access, clock_.now())) {
        return refusal(code::kTokenRevoked, "Token revoked");
    }
    access.client = ORDERPUSH_TRY(access.client.claiming(credentials.client_id));
    return access;
}

Checked<AblyAccess> AblyAuthenticator::of_key(const std::string& text) const {
    const auto colon = text.find(':');
    if (colon == std::string::npos) {
        return refusal(code::kInvalidCredentials, "Invalid key: it is appId.keyId:secret");
    }
    auto known = ORDERPUSH_TRY(keys_.find(std::string_view{text}.substr(0, colon)));
    if (!equal_in_constant_time(std::string_view{text}.substr(colon + 1), known.key.secret)) {
        return refusal(code::kInvalidCredentials, "Invalid credentials");
    }
    return AblyAccess{
        .app = std::move(known.app),
        .key_name = std::move(known.key.name),
        .is_key = true,
        .client = ClientIdentity::any(),
        .capability = Capability::everything()};
}

Checked<AblyAccess> AblyAuthenticator::of_token(const std::string& token, bool is_inner) const {
    const auto parts = token.size() > kTokenBytesMax ? std::nullopt : split(token);
    if (!parts) {
        return refusal(code::kTokenUnrecognised, "The token is not one of this server");
    }
    const Json header = object_in(parts->header);
    if (header.is_discarded()) {
        return invalid_token("its header cannot be read");
    }
    if (const auto inner = text_field(header, kInnerToken); inner && !is_inner) {
        return of_token(*inner, true);
    }
    auto known = ORDERPUSH_TRY(keys_.find(text_field(header, "kid").value_or(std::string{})));
    const JwtKeyring keyring{{{.kid = known.key.name, .secret = known.key.secret}}};
    const auto verified = keyring.verify(token, clock_.now());
    if (!verified) {
        return verified.error().code == "token_expired" ? expired()
                                                        : invalid_token("it was not signed so");
    }
    // libjwt let it through, and what it cannot read it refuses; the bound is ours.
    if (nests_deeper_than(kNestingMax, *verified)) {
        return invalid_token("its claims nest too deeply");
    }
    const Json claims = Json::parse(*verified, nullptr, false);
    if (const auto inner = text_field(claims, kInnerToken); inner && !is_inner) {
        return of_token(*inner, true);
    }
    return read_claims(claims, std::move(known), clock_.now());
}

std::optional<ErrorInfo> AblyAuthenticator::recheck(const AblyAccess& access) const {
    const Timestamp now = clock_.now();
    if (access.expires_at && *access.expires_at <= now) {
        return expired();
    }
    if (revocations_.is_revoked(access, now)) {
        return refusal(code::kTokenRevoked, "Token revoked");
    }
    const auto known = keys_.find(access.key_name);
    if (!known) {
        return known.error();
    }
    if (known->app->credentials.secret != access.app->credentials.secret) {
        return access.is_key ? refusal(code::kInvalidCredentials, "Invalid credentials")
                             : invalid_token("its key has another secret");
    }
    return {};
}

std::optional<ErrorInfo> AblyAuthenticator::check_replacement(
    const AblyAccess& before, const AblyAccess& after
) {
    const bool is_same = before.app->credentials.id == after.app->credentials.id &&
                         before.client == after.client && before.session == after.session;
    return is_same ? std::nullopt
                   : std::optional{refusal(
                         code::kIncompatibleCredentials,
                         "Incompatible credentials: the token is for another client"
                     )};
}

}  // namespace orderpush::realtime::ably
