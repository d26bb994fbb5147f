#pragma once

#include "protocol/http_message.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/app_table.hpp"

#include <string>
#include <string_view>

namespace orderpush {
class Clock;
}

namespace orderpush::realtime {

/// Pusher's HTTP API (Pusher Channels, "HTTP API Reference") on the hub: publishing, and asking who
/// listens. Each application has its own channels; on the restaurant's, which are the default
/// application's, only the service itself publishes. Holds no state of its own.
class PusherApi {
  public:
    /// The arguments outlive the API. `path_prefix`: see without_prefix(); some SDKs sign it.
    PusherApi(Hub& hub, const AppTable& apps, const Clock& clock, std::string path_prefix = {});

    /// Answers a request for which is_api_request() holds. An event is answered once the hub handed
    /// it over. Any thread, though on a shard's less is posted; never blocks. What `request` refers
    /// to is needed until this returns.
    void answer(const protocol::HttpRequest& request, protocol::HttpReply reply);

  private:
    struct RequestContext;

    void route(const RequestContext& call, protocol::HttpReply reply);
    void trigger(const RequestContext& call, protocol::HttpReply reply);
    void trigger_batch(const RequestContext& call, protocol::HttpReply reply);
    void list_channels(const RequestContext& call, protocol::HttpReply reply);
    void show_channel(
        const RequestContext& call, const std::string& name, protocol::HttpReply reply
    );
    void list_users(const RequestContext& call, const std::string& name, protocol::HttpReply reply);
    void terminate(const RequestContext& call, const std::string& user, protocol::HttpReply reply);

    Hub& hub_;
    const AppTable& apps_;
    const Clock& clock_;
    const std::string path_prefix_;
};

}  // namespace orderpush::realtime
