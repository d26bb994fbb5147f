#pragma once

#include "adapters/ably/ably_hosts.hpp"
#include "base/timestamp.hpp"
#include "core/delivery/publish_batches.hpp"
#include "core/delivery/push_adapter.hpp"
#include "net/http_client.hpp"
#include "protocol/ably_key.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::adapters {

struct AblyOptions {
    protocol::AblyKey key;
    /// Scheme, host and port each, without a path, the primary first: ably_origins(), or one server
    /// that speaks the same protocol.
    std::vector<std::string> origins;
    /// For one request at one host, within the deadline of a publish.
    std::chrono::milliseconds request_timeout{10'000};
};

/// Publishes through the hosted Ably, over its REST API: one request for up to a hundred channels,
/// one message of a channel after another. A message's id is the event's, so that Ably drops what
/// it has seen in the last minutes, whichever host took it.
class AblyAdapter final : public PushAdapter {
  public:
    /// The client and the clock outlive the adapter.
    AblyAdapter(net::HttpClient& http, const Clock& clock, AblyOptions options);

    std::string_view name() const noexcept override { return "ably"; }
    PublishLimits limits() const noexcept override;
    std::vector<PublishOutcome> publish(std::span<const OutboxEntry> entries, Deadline deadline)
        override;

  private:
    using Answers = std::vector<Result<net::HttpResponse>>;

    /// Asks one host after the other for what the ones before did not answer.
    Answers exchange(std::span<const net::HttpRequest> requests, Deadline deadline);
    /// Asks for those that are `open`, and leaves those that still are.
    void ask(
        const std::string& origin,
        std::span<const net::HttpRequest> requests,
        Deadline deadline,
        std::vector<std::size_t>& open,
        Answers& answers
    );
    net::HttpRequest request_of(
        const PublishBatches::Request& places,
        std::span<const OutboxEntry> entries,
        std::span<const std::string> envelopes
    ) const;
    /// One outcome per entry of the request; none if it was refused as a whole.
    std::vector<PublishOutcome> judge(
        const PublishBatches::Request& request,
        std::span<const OutboxEntry> entries,
        const Result<net::HttpResponse>& answer
    ) const;
    void settle(
        PublishBatches& waves,
        std::span<const PublishBatches::Request> wave,
        std::span<const OutboxEntry> entries,
        std::span<const Result<net::HttpResponse>> answers
    ) const;
    static void settle(PublishBatches& waves, std::size_t index, const PublishOutcome& outcome);

    net::HttpClient& http_;
    const Clock& clock_;
    const AblyOptions options_;
    const std::string authorization_;
    AblyHosts hosts_;
};

}  // namespace orderpush::adapters
