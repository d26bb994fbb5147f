#pragma once

#include "base/coarse_clock.hpp"
#include "realtime/socketio/socketio_client.hpp"
#include "realtime/sockets/protocol.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace orderpush::realtime {

/// One WebSocket of a Socket.IO client: hands what arrives to its session. It subscribes to
/// nothing, the client does. On the connection's shard only, which is the session's.
class SocketTransport final : public ProtocolClient {
  public:
    SocketTransport(const ClientContext& context, std::shared_ptr<SocketioClient> client)
        : connection_(context.connection), address_(context.address), client_(std::move(client)) {}

    void on_text(std::string_view text) override {
        if (!take_message()) {
            return;
        }
        client_->session().on_socket_text(connection_, text);
        client_->settle();
    }
    void on_binary(std::string_view bytes) override {
        if (!take_message()) {
            return;
        }
        client_->session().on_socket_bytes(connection_, bytes);
        client_->settle();
    }
    // Engine.IO has a heartbeat of its own; this one is for sockets that are kept open without.
    void on_silence() override { connection_.send(Frame::ping()); }
    void on_pong_missing() override {
        connection_.close(CloseCode::kPongMissing, "Pong reply not received");
    }
    void leave() override {
        has_left_ = true;
        client_->session().on_socket_gone(connection_);
        client_->settle();
    }

    bool has_proved() const override { return client_->has_proved(); }
    SocketId socket_id() const noexcept override { return {}; }
    bool has_left() const noexcept override { return has_left_; }
    void on_subscribed(const std::string& /*channel*/, const SubscribeOutcome& /*outcome*/)
        override {}
    FrameSink& sink() noexcept override { return connection_; }

  private:
    bool take_message() {
        if (address_.take_message(coarse_now())) {
            return true;
        }
        connection_.close(CloseCode::kOverCapacity, "Address sends too much");
        return false;
    }

    ClientConnection& connection_;
    const AddressQuota address_;
    const std::shared_ptr<SocketioClient> client_;
    bool has_left_ = false;
};

}  // namespace orderpush::realtime
