#pragma once

#include "realtime/presence.hpp"

#include <string>
#include <string_view>

namespace orderpush::realtime {

/// Is told who listens to what. Called on the channel's home shard, in the order in which it
/// happens to that channel; must not block, throw or call the hub. `channel` is the hub's key.
class HubObserver {
  public:
    HubObserver() = default;
    HubObserver(const HubObserver&) = delete;
    HubObserver& operator=(const HubObserver&) = delete;
    virtual ~HubObserver() = default;

    /// The first subscriber came.
    virtual void on_occupied(const std::string& /*channel*/) {}
    /// The last one left.
    virtual void on_vacated(const std::string& /*channel*/) {}
    /// A user's first connection joined a presence channel, which is occupied.
    virtual void on_member_added(const std::string& /*channel*/, const Member& /*member*/) {}
    /// A user's last connection left it; if nobody is left on_vacated() follows.
    virtual void on_member_removed(const std::string& /*channel*/, std::string_view /*user_id*/) {}
};

}  // namespace orderpush::realtime
