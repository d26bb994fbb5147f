#include "base/crypto/jwt.hpp"

#include <jwt.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>

namespace orderpush {
namespace {

/// By which the clock of who signed a token may be ahead of ours.
constexpr double kClockSkewSeconds = 60;

struct JwtFree {
    void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
struct StringFree {
    void operator()(char* text) const { std::free(text); }
};
using Jwt = std::unique_ptr<jwt_t, JwtFree>;
using JwtString = std::unique_ptr<char, StringFree>;

/// With no key libjwt parses without verifying: used only to read `kid`.
Jwt decode(const std::string& token, const std::string* secret) {
    jwt_t* raw = nullptr;
    const auto* key = secret ? reinterpret_cast<const unsigned char*>(secret->data()) : nullptr;
    const int key_length = secret ? static_cast<int>(secret->size()) : 0;
    const int failed = jwt_decode(&raw, token.c_str(), key, key_length);
    Jwt jwt{raw};
    return failed == 0 ? std::move(jwt) : nullptr;
}

Error invalid_token(std::string detail) {
    return Error{
        .kind = ErrorKind::kUnauthenticated,
        .code = "token_invalid",
        .message = "The token is not valid.",
        .detail = std::move(detail)};
}

/// A NumericDate (RFC 7519, section 2): seconds since 1970, with or without a fraction, of whatever
/// size its sender likes. As a double none of them overflows, and those of our time are exact to
/// less than a microsecond. Nothing without the claim.
Result<std::optional<double>> time_claim(const nlohmann::json& claims, const char* name) {
    const auto claim = claims.find(name);
    if (claim == claims.end()) {
        return std::optional<double>{};
    }
    const double seconds = claim->is_number() ? claim->get<double>() : std::nan("");
    if (!std::isfinite(seconds)) {
        return invalid_token(std::string{name} + " is no time");
    }
    return std::optional{seconds};
}

Result<void> check_times(const nlohmann::json& claims, Timestamp now) {
    if (!claims.is_object()) {
        return invalid_token("no claims");
    }
    const double now_s = std::chrono::duration<double>{now.time_since_epoch()}.count();
    const auto expires_s = ORDERPUSH_TRY(time_claim(claims, "exp"));
    const auto not_before_s = ORDERPUSH_TRY(time_claim(claims, "nbf"));
    ORDERPUSH_TRY(time_claim(claims, "iat"));
    if (!expires_s) {
        return invalid_token("no exp");
    }
    if (*expires_s <= now_s) {
        return Error{
            .kind = ErrorKind::kUnauthenticated,
            .code = "token_expired",
            .message = "The token has expired. Log in again."};
    }
    if (not_before_s && *not_before_s > now_s + kClockSkewSeconds) {
        return invalid_token("not valid yet");
    }
    return {};
}

}  // namespace

JwtKeyring::JwtKeyring(std::vector<JwtKey> keys) : keys_(std::move(keys)) {
    assert(!keys_.empty());
}

std::string JwtKeyring::sign(const std::string& claims_json) const {
    const JwtKey& key = keys_.front();
    jwt_t* raw = nullptr;
    if (jwt_new(&raw) != 0) {
        throw std::bad_alloc();
    }
    const Jwt jwt{raw};
    const auto* secret = reinterpret_cast<const unsigned char*>(key.secret.data());
    const bool built =
        jwt_set_alg(raw, JWT_ALG_HS256, secret, static_cast<int>(key.secret.size())) == 0 &&
        jwt_add_header(raw, "kid", key.kid.c_str()) == 0 &&
        jwt_add_grants_json(raw, claims_json.c_str()) == 0;
    const JwtString token{built ? jwt_encode_str(raw) : nullptr};
    if (!token) {
        throw std::runtime_error("libjwt cannot sign");
    }
    return token.get();
}

Result<std::string> JwtKeyring::verify(const std::string& token, Timestamp now) const {
    const Jwt unverified = decode(token, nullptr);
    if (!unverified) {
        return invalid_token("unreadable");
    }
    const char* kid = jwt_get_header(unverified.get(), "kid");
    const auto key = std::ranges::find_if(keys_, [&](const JwtKey& candidate) {
        return kid != nullptr && candidate.kid == kid;
    });
    if (key == keys_.end()) {
        return invalid_token("unknown kid");
    }
    // The algorithm is compared, too: the header, which says it, is the sender's (RFC 8725, 3.1).
    const Jwt jwt = decode(token, &key->secret);
    if (!jwt || jwt_get_alg(jwt.get()) != JWT_ALG_HS256) {
        return invalid_token("signature");
    }
    const JwtString claims{jwt_get_grants_json(jwt.get(), nullptr)};
    if (!claims) {
        return invalid_token("no claims");
    }
    ORDERPUSH_TRY(check_times(nlohmann::json::parse(claims.get(), nullptr, false), now));
    return std::string{claims.get()};
}

}  // namespace orderpush
