#include "realtime/local_subscribers.hpp"

#include <algorithm>

namespace orderpush::realtime {

void LocalSubscribers::add(const Subscription& subscription, Subscriber& subscriber) {
    channels_[subscription.channel].push_back({&subscriber, subscription.codec, subscription.owner}
    );
    ++count_;
    if (subscription.owner) {
        owned_.emplace(*subscription.owner, Owned{&subscriber, departure_of(subscription)});
    }
}

void LocalSubscribers::remove(std::string_view channel, const Subscriber& subscriber) {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) {
        return;
    }
    auto& listeners = found->second;
    const auto listener = std::ranges::find(listeners, &subscriber, &Listener::subscriber);
    if (listener != listeners.end()) {
        if (listener->owner) {
            forget_owned(*listener->owner, channel, subscriber);
        }
        *listener = listeners.back();
        listeners.pop_back();
        --count_;
    }
    if (listeners.empty()) {
        channels_.erase(found);
    }
}

std::vector<LocalSubscribers::Owned> LocalSubscribers::owned_by(const SessionId& owner) const {
    std::vector<Owned> found;
    const auto [first, last] = owned_.equal_range(owner);
    for (auto it = first; it != last; ++it) {
        found.push_back(it->second);
    }
    return found;
}

void LocalSubscribers::forget_owned(
    const SessionId& owner, std::string_view channel, const Subscriber& subscriber
) {
    const auto [first, last] = owned_.equal_range(owner);
    const auto found = std::find_if(first, last, [&](const auto& entry) {
        const Owned& owned = entry.second;
        return owned.subscriber == &subscriber && owned.departure.channel == channel;
    });
    if (found != last) {
        owned_.erase(found);
    }
}

void LocalSubscribers::terminate(std::string_view channel) const {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) {
        return;
    }
    for (const Listener& listener : found->second) {
        listener.subscriber->on_terminated();
    }
}

std::size_t LocalSubscribers::deliver(
    std::string_view channel,
    const std::vector<EncodedFrame>& frames,
    const std::optional<SocketId>& excluded
) const {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) {
        return 0;
    }
    std::size_t reached = 0;
    for (const Listener& listener : found->second) {
        const auto encoded = std::ranges::find(frames, listener.codec, &EncodedFrame::codec);
        const bool is_wanted =
            encoded != frames.end() && (!excluded || *excluded != listener.subscriber->socket_id());
        if (is_wanted) {
            listener.subscriber->deliver(encoded->frame);
            ++reached;
        }
    }
    return reached;
}

}  // namespace orderpush::realtime
