#pragma once

#include "adapters/ably/ably_adapter.hpp"
#include "adapters/ably/ably_hosts.hpp"
#include "core/presence/presence_source.hpp"

#include <string>

namespace orderpush::adapters {

/// Asks the REST API: GET /channels (which needs a key with the capability channel-metadata), then
/// the presence set of each of ours, page by page.
class AblyPresence final : public PresenceSource {
  public:
    /// The client outlives it.
    AblyPresence(net::HttpClient& http, AblyOptions options);

    std::string_view name() const noexcept override { return "ably"; }
    /// From the first host that answers.
    Result<std::vector<ListedChannel>> list(Deadline deadline) override;

  private:
    Result<std::vector<ListedChannel>> list_at(const std::string& origin, Deadline deadline);

    net::HttpClient& http_;
    const AblyOptions options_;
    const std::string authorization_;
    AblyHosts hosts_;
};

}  // namespace orderpush::adapters
