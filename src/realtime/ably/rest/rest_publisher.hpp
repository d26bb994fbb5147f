#pragma once

#include "realtime/ably/access/ably_access.hpp"
#include "realtime/ably/channel_names.hpp"
#include "realtime/ably/messages/message.hpp"
#include "realtime/ably/rest/recent_publishes.hpp"
#include "realtime/hub/hub.hpp"

#include <functional>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::realtime::ably {

/// What became of one publish.
struct Published {
    /// The base of its messages' ids.
    std::string message_id;
    std::vector<std::string> serials;
};

/// Publishes for who has the right to. Any thread; never blocks.
class RestPublisher {
  public:
    /// All outlive it.
    RestPublisher(Hub& hub, RecentPublishes& recent, const Clock& clock)
        : hub_(hub), recent_(recent), clock_(clock) {}

    using Reply = std::function<void(Checked<Published> published)>;
    /// All of them or none, in one publish. 40160: not allowed, or one of the restaurant's
    /// channels, where only the service publishes; 40012 clientId, 40031 ids, 40006 connectionKey;
    /// 50003 the hub has too much to do, or a publish of the same id is under way. `reply` once, on
    /// any thread.
    void publish(
        const AblyAccess& access,
        const ChannelName& channel,
        std::vector<Message> messages,
        Reply reply
    );

  private:
    void hand_over(
        const std::string& hub_key,
        const std::string& chosen_id,
        Published published,
        std::vector<Publication> publications,
        Reply reply
    );

    Hub& hub_;
    RecentPublishes& recent_;
    const Clock& clock_;
};

}  // namespace orderpush::realtime::ably
