#pragma once

#include "realtime/hub/channel_codec.hpp"
#include "realtime/hub/presence.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// Is called with who listens to what on this instance; other instances call their own. Called on
/// the channel's home shard, in the order in which it happens to that channel; must not block,
/// throw or call the hub. `channel` is the hub's key; of channels that are not the application's
/// (ChannelRules::is_internal) nothing is reported.
///
/// Where connections are lost, what is gone is reported after the grace, and not at all if somebody
/// is back by then.
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
    /// A client sent an event to the others: `excluded` is its connection.
    virtual void on_client_event(const ChannelMessage& /*message*/) {}
    /// A message with an envelope (ChannelMessage::envelope) got its place in the channel, and was
    /// not delivered yet.
    virtual void on_envelope(const ChannelMessage& /*message*/) {}
    /// Somebody joined a cache channel of which no event is kept.
    virtual void on_cache_miss(const std::string& /*channel*/) {}
    /// A channel without members has so many subscribers now: reported with every change up to
    /// HubOptions::counts_at_once_max, above it now and then; on all instances together,
    /// reported by the one where it changed. 0 is reported too.
    virtual void on_subscription_count(
        const std::string& /*channel*/, std::size_t /*subscribers*/
    ) {}
};

}  // namespace orderpush::realtime
