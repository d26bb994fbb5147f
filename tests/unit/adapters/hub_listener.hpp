#pragma once

#include "realtime/hub/hub.hpp"

#include <latch>
#include <string>
#include <vector>

namespace orderpush::adapters {

/// Writes the data of a message, or the channel of a change, as it is.
class PlainCodec final : public realtime::ChannelCodec {
  public:
    std::optional<realtime::Frame> encode(const realtime::ChannelMessage& message) const override {
        return realtime::Frame::raw(message.data);
    }
    std::optional<realtime::Frame> encode(std::string_view channel, const realtime::MemberChange&)
        const override {
        return realtime::Frame::raw(channel);
    }
};

class HubListener final : public realtime::Subscriber, public realtime::FrameSink {
  public:
    realtime::SocketId socket_id() const noexcept override { return {}; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string&, const realtime::SubscribeOutcome&) override {
        subscribed.count_down();
    }
    void on_session_revoked(const std::string&) override { received.emplace_back("ended"); }
    realtime::FrameSink& sink() noexcept override { return *this; }
    void send(const realtime::Frame& frame) override { received.emplace_back(frame.bytes()); }

    std::latch subscribed{1};
    /// On its shard; the test may look after an acknowledged publish.
    std::vector<std::string> received;
};

}  // namespace orderpush::adapters
