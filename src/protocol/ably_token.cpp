#include "protocol/ably_token.hpp"

#include "base/crypto/crypto.hpp"
#include "base/crypto/jwt.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::protocol {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNonceBytes = 18;
constexpr std::string_view kSessionNoncePrefix = "orderpush-session.";

std::int64_t ttl_ms(const AblyClaims& claims) {
    return std::chrono::milliseconds{claims.lifetime}.count();
}

}  // namespace

std::string token_request_mac(
    const AblyKey& key, const AblyClaims& claims, Timestamp timestamp, const std::string& nonce
) {
    const std::string text = key.name + '\n' + std::to_string(ttl_ms(claims)) + '\n' +
                             claims.capability + '\n' + claims.client_id + '\n' +
                             std::to_string(timestamp.time_since_epoch().count()) + '\n' + nonce +
                             '\n';
    return hmac_sha256_base64(key.secret, text);
}

std::string token_request_nonce(const std::optional<SessionId>& session) {
    const std::string random = random_token(kNonceBytes);
    return session ? std::string{kSessionNoncePrefix} + to_string(*session) + '.' + random : random;
}

std::optional<SessionId> session_of_nonce(std::string_view nonce) {
    if (!nonce.starts_with(kSessionNoncePrefix)) {
        return std::nullopt;
    }
    nonce.remove_prefix(kSessionNoncePrefix.size());
    return parse_id<SessionId>(nonce.substr(0, nonce.find('.')));
}

std::string token_request(
    const AblyKey& key, const AblyClaims& claims, Timestamp now, const std::string& nonce
) {
    const Json document{
        {"keyName", key.name},
        {"ttl", ttl_ms(claims)},
        {"capability", claims.capability},
        {"clientId", claims.client_id},
        {"timestamp", now.time_since_epoch().count()},
        {"nonce", nonce},
        {"mac", token_request_mac(key, claims, now, nonce)}};
    return document.dump();
}

std::string ably_jwt(const AblyKey& key, const AblyClaims& claims, Timestamp now) {
    const auto issued = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    Json document{
        {"iat", issued.count()},
        {"exp", (issued + claims.lifetime).count()},
        {"x-ably-capability", claims.capability},
        {"x-ably-clientId", claims.client_id}};
    if (claims.session) {
        document[kAblySessionClaim] = to_string(*claims.session);
    }
    return JwtKeyring{{{.kid = key.name, .secret = key.secret}}}.sign(document.dump());
}

}  // namespace orderpush::protocol
