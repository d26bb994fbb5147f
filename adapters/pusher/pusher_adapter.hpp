#pragma once

#include "base/timestamp.hpp"
#include "core/delivery/publish_batches.hpp"
#include "core/delivery/push_adapter.hpp"
#include "net/http_client.hpp"
#include "protocol/pusher_signature.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::adapters {

/// The address of a cluster's HTTP API: "https://api-eu.pusher.com" for "eu".
std::string pusher_origin(std::string_view cluster);

struct PusherOptions {
    protocol::PusherApp app;
    /// Scheme, host and port, without a path: pusher_origin(), or a server that speaks the same
    /// protocol.
    std::string origin;
    /// For one request, within the deadline of a publish.
    std::chrono::milliseconds request_timeout{5'000};
};

/// Publishes through the hosted Pusher Channels, over its HTTP API: up to ten events a request, and
/// four requests side by side, none of which share a channel. There is no idempotency key: a
/// request whose answer was lost is repeated, and clients drop the `id` that they have seen.
class PusherAdapter final : public PushAdapter {
  public:
    /// The client and the clock outlive the adapter. The clock may be ten minutes off at most.
    PusherAdapter(net::HttpClient& http, const Clock& clock, PusherOptions options);

    std::string_view name() const noexcept override { return "pusher"; }
    PublishLimits limits() const noexcept override;
    std::vector<PublishOutcome> publish(std::span<const OutboxEntry> entries, Deadline deadline)
        override;

  private:
    net::HttpRequest signed_request(std::string_view endpoint, std::string body) const;
    net::HttpRequest request_of(
        const PublishBatches::Request& places,
        std::span<const OutboxEntry> entries,
        std::span<const std::string> envelopes
    ) const;
    void settle(
        PublishBatches& waves,
        std::span<const PublishBatches::Request> wave,
        std::span<const Result<net::HttpResponse>> answers
    ) const;
    static void settle(
        PublishBatches& waves, const PublishBatches::Request& request, const PublishOutcome& outcome
    );

    net::HttpClient& http_;
    const Clock& clock_;
    const PusherOptions options_;
};

}  // namespace orderpush::adapters
