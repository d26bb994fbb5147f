#pragma once

#include "base/clock.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/api_request.hpp"
#include "realtime/pusher/app_table.hpp"

#include <string>
#include <string_view>

namespace orderpush::realtime {

/// Pusher's HTTP API (Pusher Channels, "HTTP API Reference") on the hub: publishing, and asking who
/// listens. Each application has its own channels; on the restaurant's, which are the default
/// application's, only the service itself publishes. Holds no state of its own.
class PusherApi {
  public:
    /// The arguments outlive the API.
    PusherApi(Hub& hub, const AppTable& apps, const Clock& clock);

    /// Answers a request for which is_api_request() holds. An event is answered once the hub handed
    /// it over. Any thread, though on a shard's less is posted; never blocks. What `request` refers
    /// to is needed until this returns.
    void answer(const ApiRequest& request, ApiReply reply);

  private:
    struct RequestContext;

    void route(const RequestContext& call, ApiReply reply);
    void trigger(const RequestContext& call, ApiReply reply);
    void trigger_batch(const RequestContext& call, ApiReply reply);
    void list_channels(const RequestContext& call, ApiReply reply);
    void show_channel(const RequestContext& call, const std::string& name, ApiReply reply);
    void list_users(const RequestContext& call, const std::string& name, ApiReply reply);
    void terminate(const RequestContext& call, const std::string& user, ApiReply reply);

    Hub& hub_;
    const AppTable& apps_;
    const Clock& clock_;
};

}  // namespace orderpush::realtime
