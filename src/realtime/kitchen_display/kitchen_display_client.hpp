#pragma once

#include "realtime/hub/hub.hpp"
#include "realtime/sockets/protocol.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// One display on a plain WebSocket. On its connection's shard only.
class KitchenDisplayClient final : public ProtocolClient,
                                   public std::enable_shared_from_this<KitchenDisplayClient> {
  public:
    /// `codec` outlives the client.
    KitchenDisplayClient(const ChannelCodec& codec, const ClientContext& context, Pass pass);

    /// Joins the channel of its pass. Once.
    void join();

    SocketId socket_id() const noexcept override { return socket_id_; }
    bool has_left() const noexcept override { return has_left_; }
    void on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) override;
    void on_session_revoked(const std::string& channel) override;
    FrameSink& sink() noexcept override { return context_.connection; }

    void on_text(std::string_view text) override;
    void on_silence() override;
    void on_pong_missing() override;
    void leave() override;

  private:
    const ChannelCodec& codec_;
    const ClientContext context_;
    const Pass pass_;
    const SocketId socket_id_ = SocketId::random();
    bool has_joined_ = false;
    bool has_left_ = false;
};

}  // namespace orderpush::realtime
