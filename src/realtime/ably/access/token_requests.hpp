#pragma once

#include "base/timestamp.hpp"
#include "realtime/ably/access/ably_keys.hpp"
#include "realtime/ably/access/used_nonces.hpp"
#include "realtime/ably/messages/error_info.hpp"
#include "realtime/ably/messages/wire_value.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush {
class Clock;
}

namespace orderpush::realtime::ably {

/// What a client asks for a token with (Ably, "TokenRequest spec"): texts as they were signed,
/// empty for what is not there.
struct TokenRequest {
    std::string key_name;
    std::string ttl = {};
    std::string capability = {};
    std::optional<std::string> client_id = {};
    std::string timestamp = {};
    std::string nonce = {};
    std::string mac = {};
};

/// Numbers may come as texts. 40000 for what is no such object.
Checked<TokenRequest> read_token_request(const Value& value);

struct TokenDetails {
    /// A JWT: every instance knows it, and it outlives them.
    std::string token;
    std::string key_name;
    Timestamp issued;
    Timestamp expires;
    std::string capability;
    /// Nothing: anonymous.
    std::optional<std::string> client_id;
};

Value to_value(const TokenDetails& details);

/// Exchanges signed token requests for tokens. Any thread; never blocks.
class TokenRequests {
  public:
    static constexpr std::chrono::minutes kLifetimeDefault{60};
    /// By which the request's timestamp may be off.
    static constexpr std::chrono::minutes kTimestampTolerance{2};

    /// Both outlive it.
    TokenRequests(const AblyKeys& keys, const Clock& clock)
        : keys_(keys), clock_(clock), nonces_(2 * kTimestampTolerance) {}

    /// A token for the key that the path names. `shown_key` is the name of the key that the request
    /// proves to know besides (Basic): then it need not be signed. 40102 key of another name;
    /// 40101 malformed or wrong signature, 40400 key unknown, 40003 ttl, 40104 timestamp, 40105
    /// nonce used before, 40012 clientId, 40000 capability, 40160 nothing of it is the key's.
    Checked<TokenDetails> issue(
        std::string_view key_name,
        const TokenRequest& request,
        const std::optional<std::string>& shown_key
    );

  private:
    /// Whether the request is fresh, and comes for the first time.
    std::optional<ErrorInfo> check_signed(
        const KnownKey& known, const TokenRequest& request, Timestamp now
    );

    const AblyKeys& keys_;
    const Clock& clock_;
    UsedNonces nonces_;
};

}  // namespace orderpush::realtime::ably
