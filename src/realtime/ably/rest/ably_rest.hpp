#pragma once

#include "protocol/http_message.hpp"
#include "realtime/ably/recorded_events.hpp"
#include "realtime/ably/rest/rest_parts.hpp"
#include "realtime/ably/rest/rest_publisher.hpp"

#include <string_view>

namespace orderpush::realtime::ably {

/// Ably's REST API (Ably, "REST API Reference") on the hub.
class AblyRest {
  public:
    explicit AblyRest(const RestParts& parts)
        : parts_(parts), publisher_(parts.hub, parts.recent, parts.clock) {}

    /// History of the restaurant's channels is read from there as well: set before it serves.
    void use(RecordedEvents& recorded) { recorded_ = &recorded; }
    /// Whether the path is one of the API's.
    static bool serves(std::string_view path) noexcept;
    /// Answers a request at such a path. Any thread, though on a shard's less is posted; never
    /// blocks. What `request` refers to is needed until this returns.
    void answer(const protocol::HttpRequest& request, protocol::HttpReply reply);
    /// Whether the request shows a good credential, as far as its head tells. Any thread.
    bool is_proven(const protocol::HttpRequest& head) const;

  private:
    void route(RestCall call);

    const RestParts parts_;
    RestPublisher publisher_;
    RecordedEvents* recorded_ = nullptr;
};

}  // namespace orderpush::realtime::ably
