#pragma once

#include "realtime/presence.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// Is told who listens to what on this instance; of several, each has its own subscribers, and
/// tells its own observers. Called on the channel's home shard, in the order in which it happens to
/// that channel; must not block, throw or call the hub. `channel` is the hub's key.
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
    /// The number of subscribers changed to this.
    virtual void on_subscribers(const std::string& /*channel*/, std::size_t /*subscribers*/) {}
    /// The connections of a user in a presence channel changed: its seat as it is now, of 0
    /// connections when it left.
    virtual void on_seat(const std::string& /*channel*/, const Presence::Seat& /*seat*/) {}
};

}  // namespace orderpush::realtime
