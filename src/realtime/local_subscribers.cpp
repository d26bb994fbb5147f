#include "realtime/local_subscribers.hpp"

#include <algorithm>

namespace orderpush::realtime {

void LocalSubscribers::add(
    const std::string& channel, Subscriber& subscriber, const ChannelCodec& codec
) {
    channels_[channel].push_back({&subscriber, &codec});
}

void LocalSubscribers::remove(std::string_view channel, const Subscriber& subscriber) {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) {
        return;
    }
    auto& listeners = found->second;
    const auto listener = std::ranges::find(listeners, &subscriber, &Listener::subscriber);
    if (listener != listeners.end()) {
        *listener = listeners.back();
        listeners.pop_back();
    }
    if (listeners.empty()) {
        channels_.erase(found);
    }
}

void LocalSubscribers::deliver(
    std::string_view channel,
    const std::vector<EncodedFrame>& frames,
    const std::optional<SocketId>& excluded
) const {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) {
        return;
    }
    for (const Listener& listener : found->second) {
        const auto encoded = std::ranges::find(frames, listener.codec, &EncodedFrame::codec);
        const bool is_wanted =
            encoded != frames.end() && (!excluded || *excluded != listener.subscriber->socket_id());
        if (is_wanted) {
            listener.subscriber->deliver(encoded->frame);
        }
    }
}

}  // namespace orderpush::realtime
