#pragma once

#include "base/percent.hpp"
#include "protocol/http_message.hpp"
#include "realtime/ably/messages/error_info.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace orderpush::realtime::ably {

/// What a client shows of itself: a key or a token, and as whom it wants to be known.
struct Credentials {
    /// "appId.keyId:secret"
    std::optional<std::string> key = {};
    /// A JWT.
    std::optional<std::string> token = {};
    std::optional<std::string> client_id = {};

    bool is_empty() const noexcept { return !key && !token; }
};

/// Of a token, in bytes.
inline constexpr std::size_t kTokenBytesMax = 16 * 1024;

/// Of the parameters `key`, `access_token` (or `accessToken`) and `clientId` of a decoded query:
/// how WebSockets and polling clients say it. The first of each counts.
Credentials credentials_in(const FormFields& query);
/// Of a request: its Authorization (Basic a key, Bearer a token as it is or in base64) and
/// X-Ably-ClientId, and where there is no Authorization its query. 40101 for headers that are none.
Checked<Credentials> credentials_of(const protocol::HttpRequest& request, const FormFields& query);

}  // namespace orderpush::realtime::ably
