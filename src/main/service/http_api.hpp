#pragma once

#include "base/result.hpp"
#include "http/api.hpp"
#include "main/delivery/outgoing_webhooks.hpp"
#include "main/service/platform.hpp"
#include "main/service/services.hpp"

#include <cstdint>
#include <functional>

namespace orderpush {

/// What the API asks about the service. Any thread.
struct ServiceState {
    /// Asked by /ready; may block.
    std::function<Result<void>()> readiness;
    /// Asked before each request that writes; does not block.
    std::function<Result<void>()> may_write;
};

/// PUBLIC_URL, or an address on this machine.
PublicUrl public_url(const Settings& settings, std::uint16_t bound_port);

/// What the endpoints call; all of it outlives the API.
http::Services http_services(
    Platform& platform, Services& services, OutgoingWebhooks& outgoing_webhooks, ServiceState state
);

/// Reads the pages' files.
http::ApiOptions api_options(const Settings& settings, const OriginPolicy& origins);

}  // namespace orderpush
