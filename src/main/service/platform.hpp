#pragma once

#include "base/clock.hpp"
#include "base/crypto/jwt.hpp"
#include "base/crypto/uuid.hpp"
#include "base/observability/metrics.hpp"
#include "main/settings/settings.hpp"
#include "net/curl_http_client.hpp"

namespace orderpush {

/// What every other part may use.
struct Platform {
    explicit Platform(Settings given);

    const Settings settings;
    metrics::Registry metrics;
    SystemClock clock;
    UuidV7Source ids{clock};
    JwtKeyring keyring;
    /// To the hosted providers.
    net::CurlHttpClient http;
};

}  // namespace orderpush
