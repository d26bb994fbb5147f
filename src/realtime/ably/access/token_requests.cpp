#include "realtime/ably/access/token_requests.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "base/crypto/jwt.hpp"
#include "protocol/ably_token.hpp"
#include "realtime/ably/access/ably_authenticator.hpp"
#include "realtime/ably/access/capability.hpp"
#include "realtime/ably/access/client_identity.hpp"
#include "realtime/ably/access/refusal.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kNonceCharactersMin = 16;
constexpr std::size_t kNonceBytesMax = 512;
/// Beyond it a number is no whole one in JavaScript either.
constexpr double kWholeMax = 9'007'199'254'740'992;

/// A text, or a whole number as its signer wrote it; nothing for anything else that is there.
std::optional<std::string> text_of(const Value& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) {
        return std::string{};
    }
    if (found->is_string()) {
        return found->get<std::string>();
    }
    if (found->is_number_integer()) {
        return found->dump();
    }
    const double number = found->is_number_float() ? found->get<double>() : 0.5;
    const bool is_whole = std::abs(number) <= kWholeMax && std::floor(number) == number;
    return is_whole ? std::optional{std::to_string(static_cast<std::int64_t>(number))}
                    : std::nullopt;
}

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, number);
    return failure == std::errc{} && stopped == end ? std::optional{number} : std::nullopt;
}

std::string text_to_sign(const TokenRequest& request) {
    return request.key_name + '\n' + request.ttl + '\n' + request.capability + '\n' +
           request.client_id.value_or("") + '\n' + request.timestamp + '\n' + request.nonce + '\n';
}

Checked<milliseconds> lifetime_of(const TokenRequest& request) {
    if (request.ttl.empty()) {
        return milliseconds{TokenRequests::kLifetimeDefault};
    }
    const auto ttl = number_in(request.ttl);
    if (!ttl || *ttl <= 0 || *ttl > milliseconds{kTokenLifetimeMax}.count()) {
        return refusal(code::kInvalidParameter, "ttl must be 1 ms to 24 hours");
    }
    return milliseconds{*ttl};
}

Checked<Capability> capability_of(const TokenRequest& request) {
    const Capability of_key = Capability::everything();
    if (request.capability.empty()) {
        return of_key;
    }
    const auto wanted = ORDERPUSH_TRY(Capability::parse(request.capability));
    auto granted = wanted.intersected_with(of_key);
    if (granted.is_empty()) {
        return refusal(code::kNotPermitted, "The key allows nothing of that capability");
    }
    return granted;
}

double seconds_of(Timestamp time) {
    return std::chrono::duration<double>{time.time_since_epoch()}.count();
}

std::string sign(
    const protocol::AblyKey& key, const TokenDetails& details, std::string_view nonce
) {
    constexpr std::size_t kIdBytes = 12;
    Value claims{
        {"iat", seconds_of(details.issued)},
        {"exp", seconds_of(details.expires)},
        {"jti", random_token(kIdBytes)},
        {"x-ably-capability", details.capability}};
    if (details.client_id) {
        claims["x-ably-clientId"] = *details.client_id;
    }
    if (const auto session = protocol::session_of_nonce(nonce)) {
        claims[protocol::kAblySessionClaim] = to_string(*session);
    }
    return JwtKeyring{{{.kid = key.name, .secret = key.secret}}}.sign(claims.dump());
}

std::optional<ErrorInfo> check_proof(
    const protocol::AblyKey& key,
    const TokenRequest& request,
    const std::optional<std::string>& shown_key
) {
    if (request.mac.empty() && shown_key == key.name) {
        return std::nullopt;
    }
    if (request.mac.empty()) {
        return refusal(code::kInvalidCredentials, "The request is neither signed nor of its key");
    }
    const std::string expected = hmac_sha256_base64(key.secret, text_to_sign(request));
    if (!equal_in_constant_time(request.mac, expected)) {
        return refusal(code::kInvalidCredentials, "Invalid mac");
    }
    return std::nullopt;
}

}  // namespace

Checked<TokenRequest> read_token_request(const Value& value) {
    if (!value.is_object()) {
        return refusal(code::kBadRequest, "The body must be a TokenRequest");
    }
    TokenRequest request;
    const std::pair<const char*, std::string TokenRequest::*> fields[] = {
        {"keyName", &TokenRequest::key_name},
        {"ttl", &TokenRequest::ttl},
        {"capability", &TokenRequest::capability},
        {"timestamp", &TokenRequest::timestamp},
        {"nonce", &TokenRequest::nonce},
        {"mac", &TokenRequest::mac}};
    for (const auto& [name, place] : fields) {
        auto text = text_of(value, name);
        if (!text) {
            return refusal(code::kBadRequest, std::string{name} + " must be a text");
        }
        request.*place = std::move(*text);
    }
    if (const auto client = value.find("clientId"); client != value.end() && !client->is_null()) {
        if (!client->is_string()) {
            return refusal(code::kInvalidClientId, "clientId must be a text");
        }
        request.client_id = client->get<std::string>();
    }
    return request;
}

Value to_value(const TokenDetails& details) {
    Value value{
        {"token", details.token},
        {"keyName", details.key_name},
        {"issued", details.issued.time_since_epoch().count()},
        {"expires", details.expires.time_since_epoch().count()},
        {"capability", details.capability}};
    if (details.client_id) {
        value["clientId"] = *details.client_id;
    }
    return value;
}

Checked<TokenDetails> TokenRequests::issue(
    std::string_view key_name,
    const TokenRequest& request,
    const std::optional<std::string>& shown_key
) {
    if (request.key_name != key_name) {
        return refusal(code::kIncompatibleCredentials, "keyName is not that of the path");
    }
    if (key_name.find('.') == std::string_view::npos) {
        return refusal(code::kInvalidCredentials, "Invalid key name: it is appId.keyId");
    }
    const auto known = ORDERPUSH_TRY(keys_.find(key_name));
    const Timestamp now = clock_.now();
    if (auto wrong = check_proof(known.key, request, shown_key)) {
        return *std::move(wrong);
    }
    const auto lifetime = ORDERPUSH_TRY(lifetime_of(request));
    const auto client = ORDERPUSH_TRY(ClientIdentity::parse(request.client_id));
    const auto capability = ORDERPUSH_TRY(capability_of(request));
    if (!request.mac.empty()) {
        if (auto wrong = check_signed(known, request, now)) {
            return *std::move(wrong);
        }
    }
    TokenDetails details{
        .token = {},
        .key_name = known.key.name,
        .issued = now,
        .expires = now + lifetime,
        .capability = capability.to_string(),
        .client_id = client.shown()};
    details.token = sign(known.key, details, request.nonce);
    return details;
}

std::optional<ErrorInfo> TokenRequests::check_signed(
    const KnownKey& known, const TokenRequest& request, Timestamp now
) {
    const auto signed_at = number_in(request.timestamp);
    const std::int64_t now_ms = now.time_since_epoch().count();
    const std::int64_t tolerance = milliseconds{kTimestampTolerance}.count();
    if (!signed_at || *signed_at < now_ms - tolerance || *signed_at > now_ms + tolerance) {
        return refusal(code::kTimestampNotCurrent, "Timestamp not current");
    }
    if (request.nonce.size() < kNonceCharactersMin || request.nonce.size() > kNonceBytesMax) {
        return refusal(code::kBadRequest, "nonce must have at least 16 characters");
    }
    switch (nonces_.use(known.key.name, request.nonce, now)) {
        case UsedNonces::Use::kAgain:
            return refusal(code::kNonceReplayed, "Nonce value replayed");
        case UsedNonces::Use::kFull:
            return refusal(code::kTooManyRequests, "Too many token requests at one time");
        case UsedNonces::Use::kFirst:
            break;
    }
    return std::nullopt;
}

}  // namespace orderpush::realtime::ably
