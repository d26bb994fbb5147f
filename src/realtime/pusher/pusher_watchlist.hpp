#pragma once

#include "realtime/hub/hub.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/sockets/protocol.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime {

/// The hub's channel whose members are the connections that are signed in as that user, and whose
/// other subscribers watch it.
/// `key_prefix` is the application's, see App.
std::string online_channel_of(std::string_view key_prefix, std::string_view user_id);
/// The inverse; empty for any other channel.
std::string_view user_of_online_channel(std::string_view hub_key) noexcept;

/// What ends every connection that is signed in as that user, with 4009, once published.
Publication termination_of(std::string_view key_prefix, std::string_view user_id);

/// What one connection watches: who of these users is online, at first and whenever it changes. On
/// its connection's shard only.
class PusherWatchlist final : public Subscriber,
                              private FrameSink,
                              public std::enable_shared_from_this<PusherWatchlist> {
  public:
    /// `user_ids` without repetition.
    PusherWatchlist(
        const ClientContext& context,
        const ChannelCodec& codec,
        const App& app,
        SocketId socket_id,
        std::vector<std::string> user_ids
    );
    /// Once.
    void start();
    void leave();

    SocketId socket_id() const noexcept override { return socket_id_; }
    bool has_left() const noexcept override { return has_left_; }
    void on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) override;
    FrameSink& sink() noexcept override { return *this; }

  private:
    void send(const Frame& frame) override;
    /// Sends what is known of users and was not sent yet. Changes come only of users that are
    /// known, so whatever is sent first is older.
    void send_known();

    const ClientContext context_;
    const ChannelCodec& codec_;
    const std::string key_prefix_;
    const SocketId socket_id_;
    const std::vector<std::string> user_ids_;
    bool has_left_ = false;
    std::size_t awaited_ = 0;
    std::vector<std::string> watched_;
    std::vector<std::string> online_;
    std::vector<std::string> offline_;
};

/// A connection among those that are signed in as a user. On its connection's shard only.
class PusherSignIn final : public Subscriber,
                           private FrameSink,
                           public std::enable_shared_from_this<PusherSignIn> {
  public:
    /// `client` is called when the user's connections are to go; it outlives this, or leaves first.
    PusherSignIn(
        const ClientContext& context,
        const ChannelCodec& codec,
        const App& app,
        Subscriber& client,
        Member user
    );
    /// Once.
    void start();
    void leave();

    const Member& user() const noexcept { return user_; }

    SocketId socket_id() const noexcept override { return socket_id_; }
    bool has_left() const noexcept override { return client_ == nullptr; }
    void on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) override;
    void on_terminated() override;
    FrameSink& sink() noexcept override { return *this; }

  private:
    /// Nothing to send: it is online itself.
    void send(const Frame& /*frame*/) override {}

    const ClientContext context_;
    const ChannelCodec& codec_;
    const std::string key_prefix_;
    const SocketId socket_id_;
    const Member user_;
    bool is_online_ = false;
    /// Null once left.
    Subscriber* client_;
};

}  // namespace orderpush::realtime
