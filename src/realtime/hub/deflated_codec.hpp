#pragma once

#include "realtime/hub/channel_codec.hpp"

namespace orderpush::realtime {

/// Another codec's frames, compressed: once per event, whatever the number of connections that take
/// compressed frames.
class DeflatedCodec final : public ChannelCodec {
  public:
    /// `plain` outlives it.
    explicit DeflatedCodec(const ChannelCodec& plain) : plain_(plain) {}

    std::optional<Frame> encode(const ChannelMessage& message) const override {
        return deflated(plain_.encode(message));
    }
    std::optional<Frame> encode(std::string_view channel, const MemberChange& change)
        const override {
        return deflated(plain_.encode(channel, change));
    }
    std::optional<Frame> encode_count(std::string_view channel, std::size_t subscribers)
        const override {
        return plain_.encode_count(channel, subscribers);  // too short to gain
    }

  private:
    static std::optional<Frame> deflated(const std::optional<Frame>& frame) {
        return frame ? std::optional{frame->deflated()} : std::nullopt;
    }

    const ChannelCodec& plain_;
};

}  // namespace orderpush::realtime
