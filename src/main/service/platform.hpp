#pragma once

#include "base/clock.hpp"
#include "base/crypto/jwt.hpp"
#include "base/crypto/uuid.hpp"
#include "base/observability/metrics.hpp"
#include "base/synchronized_clock.hpp"
#include "main/settings/settings.hpp"
#include "net/curl_http_client.hpp"

namespace orderpush {

/// Ids by the shared time once it is known. What is made before, as the parts are, has no order
/// that matters; but one source never goes back, and would run ahead for as long as the machine's
/// clock did.
class PlatformIds final : public IdSource {
  public:
    /// All outlive it.
    PlatformIds(const Clock& machine_clock, const SynchronizedClock& clock)
        : clock_(clock), early_(machine_clock), ids_(clock) {}

    Uuid next() override { return clock_.is_synchronized() ? ids_.next() : early_.next(); }

  private:
    const SynchronizedClock& clock_;
    UuidV7Source early_;
    UuidV7Source ids_;
};

/// What every other part may use.
struct Platform {
    explicit Platform(Settings given);

    const Settings settings;
    metrics::Registry metrics;
    /// For what is signed for others, and for times within this process.
    SystemClock machine_clock;
    /// The database's time, by which everything is stored and compared: see DatabaseWatch.
    SynchronizedClock clock{machine_clock};
    PlatformIds ids{machine_clock, clock};
    JwtKeyring keyring;
    /// To the hosted providers.
    net::CurlHttpClient http;
};

}  // namespace orderpush
