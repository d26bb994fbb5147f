#include "realtime/hub/local_subscribers.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::realtime {
namespace {

/// Listeners of a channel on this shard from which on frames are put together: chosen, not
/// measured.
constexpr std::size_t kListenersToShare = 16;
/// Bytes that are handed over in one piece at most, a single frame aside: chosen, a sixteenth of
/// what may wait for a connection (OutboundLimits).
constexpr std::size_t kRunBytesMax = 64U * 1024U;

}  // namespace

std::size_t bytes_of(const EncodedFrames& frames) noexcept {
    std::size_t bytes = 0;
    for (const EncodedFrame& encoded : frames) {
        bytes += encoded.frame.bytes().size();
    }
    return bytes;
}

void LocalSubscribers::add(const Subscription& subscription, Subscriber& subscriber) {
    flush();
    channels_[subscription.channel].push_back(
        {&subscriber, &subscriber.sink(), subscription.codec, subscription.session}
    );
    ++count_;
    if (subscription.session) {
        by_session_.emplace(
            *subscription.session, SessionSubscription{&subscriber, unsubscription_of(subscription)}
        );
    }
}

void LocalSubscribers::remove(std::string_view channel, const Subscriber& subscriber) {
    flush();
    const auto found = channels_.find(channel);
    if (found == channels_.end()) {
        return;
    }
    auto& listeners = found->second;
    const auto listener = std::ranges::find(listeners, &subscriber, &Listener::subscriber);
    if (listener != listeners.end()) {
        if (listener->session) {
            forget_session_subscription(*listener->session, channel, subscriber);
        }
        // Order among subscribers means nothing: no need to move the rest.
        *listener = listeners.back();
        listeners.pop_back();
        --count_;
    }
    if (listeners.empty()) {
        channels_.erase(found);
    }
}

std::vector<LocalSubscribers::SessionSubscription> LocalSubscribers::subscriptions_of(
    const SessionId& session
) const {
    std::vector<SessionSubscription> found;
    const auto [first, last] = by_session_.equal_range(session);
    for (auto it = first; it != last; ++it) {
        found.push_back(it->second);
    }
    return found;
}

void LocalSubscribers::forget_session_subscription(
    const SessionId& session, std::string_view channel, const Subscriber& subscriber
) {
    const auto [first, last] = by_session_.equal_range(session);
    const auto found = std::find_if(first, last, [&](const auto& entry) {
        const SessionSubscription& known = entry.second;
        return known.subscriber == &subscriber && known.unsubscription.channel == channel;
    });
    if (found != last) {
        by_session_.erase(found);
    }
}

void LocalSubscribers::terminate(std::string_view channel) {
    flush();
    const auto found = channels_.find(channel);
    if (found == channels_.end()) {
        return;
    }
    for (const Listener& listener : found->second) {
        listener.subscriber->on_terminated();
    }
}

void LocalSubscribers::deliver(
    std::string_view channel, const EncodedFrames& frames, const std::optional<SocketId>& excluded
) {
    const auto found = channels_.find(channel);
    // One that leaves somebody out cannot be one piece for all.
    const bool is_shared =
        found != channels_.end() && found->second.size() >= kListenersToShare && !excluded;
    if (is_shared) {
        append_to_run(channel, frames);
        return;
    }
    flush();
    if (found != channels_.end()) {
        hand_over(found->second, frames, excluded);
    }
}

void LocalSubscribers::append_to_run(std::string_view channel, const EncodedFrames& frames) {
    const std::size_t bytes = bytes_of(frames);
    if (run_.channel != channel || run_.bytes + bytes > kRunBytesMax) {
        flush();
        run_.channel = channel;
    }
    run_.bytes += bytes;
    for (const EncodedFrame& encoded : frames) {
        auto piece = std::ranges::find(run_.pieces, encoded.codec, &Piece::codec);
        if (piece == run_.pieces.end()) {
            piece = run_.pieces.insert(piece, {.codec = encoded.codec, .frames = {}});
        }
        piece->frames.push_back(encoded.frame);
    }
}

void LocalSubscribers::flush() {
    if (!has_unflushed()) {
        return;
    }
    const Run run = std::exchange(run_, {});
    EncodedFrames frames;
    for (const Piece& piece : run.pieces) {
        frames.push_back({piece.codec, Frame::joined(piece.frames), piece.frames.size()});
    }
    hand_over(channels_.find(run.channel)->second, frames, std::nullopt);
}

void LocalSubscribers::hand_over(
    const Listeners& listeners, const EncodedFrames& frames, const std::optional<SocketId>& excluded
) {
    std::uint64_t delivered = delivered_.load(std::memory_order_relaxed);
    for (const Listener& listener : listeners) {
        const auto encoded = std::ranges::find(frames, listener.codec, &EncodedFrame::codec);
        const bool is_wanted =
            encoded != frames.end() && (!excluded || *excluded != listener.subscriber->socket_id());
        if (is_wanted) {
            listener.sink->send(encoded->frame);
            delivered += encoded->messages;
        }
    }
    // One thread writes it: no locked instruction.
    delivered_.store(delivered, std::memory_order_relaxed);
}

}  // namespace orderpush::realtime
