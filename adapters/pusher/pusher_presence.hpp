#pragma once

#include "adapters/pusher/pusher_adapter.hpp"
#include "core/presence/presence_source.hpp"
#include "protocol/pusher_request.hpp"

#include <span>
#include <string>

namespace orderpush::adapters {

/// Asks the HTTP API: GET /apps/{id}/channels, then the users of each of ours. It knows ids only.
class PusherPresence final : public PresenceSource {
  public:
    /// The client and the clock outlive it.
    PusherPresence(net::HttpClient& http, const Clock& clock, PusherOptions options);

    std::string_view name() const noexcept override { return "pusher"; }
    Result<std::vector<ListedChannel>> list(Deadline deadline) override;

  private:
    net::HttpRequest request_of(const std::string& path, protocol::PusherParameters parameters)
        const;
    Result<std::vector<Channel>> occupied(Deadline deadline);
    Result<void> add_users(
        std::span<const Channel> channels, Deadline deadline, std::vector<ListedChannel>& listed
    );

    net::HttpClient& http_;
    const Clock& clock_;
    const PusherOptions options_;
};

}  // namespace orderpush::adapters
