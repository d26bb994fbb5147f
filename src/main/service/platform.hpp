#pragma once

#include "base/clock.hpp"
#include "base/crypto/jwt.hpp"
#include "base/crypto/uuid.hpp"
#include "base/observability/metrics.hpp"
#include "base/synchronized_clock.hpp"
#include "main/settings/settings.hpp"
#include "net/curl_http_client.hpp"

namespace orderpush {

/// What every other part may use.
struct Platform {
    explicit Platform(Settings given);

    const Settings settings;
    metrics::Registry metrics;
    /// For what is signed for others, and for times within this process.
    SystemClock machine_clock;
    /// The database's time, by which everything is stored and compared: see DatabaseWatch.
    SynchronizedClock clock{machine_clock};
    UuidV7Source ids{clock};
    JwtKeyring keyring;
    /// To the hosted providers.
    net::CurlHttpClient http;
};

}  // namespace orderpush
