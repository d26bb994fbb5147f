#pragma once

#include "core/events/channel.hpp"
#include "realtime/hub/subscriber.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace orderpush::realtime {

class RoomSubscription;

/// Whose subscriptions they are. On its shard only.
class RoomOwner {
  public:
    RoomOwner() = default;
    RoomOwner(const RoomOwner&) = delete;
    RoomOwner& operator=(const RoomOwner&) = delete;
    virtual ~RoomOwner() = default;

    virtual SocketId socket_id() const noexcept = 0;
    virtual bool has_left() const noexcept = 0;
    virtual void on_subscribed(RoomSubscription& room, const SubscribeOutcome& outcome) = 0;
    /// The table session or the log-in that it belongs to is over. Must not call the hub.
    virtual void on_room_revoked(RoomSubscription& room) = 0;
    virtual void on_rooms_terminated() = 0;
    virtual FrameSink& room_sink() noexcept = 0;
    /// Frames of a room that was restored (RoomSubscription::restored), one way or another.
    virtual void on_restored_frame(RoomSubscription& room, const Frame& frame) = 0;
};

/// One channel that a Socket.IO client listens to in one form (RoomKind), whatever number of its
/// rooms that is: the hub knows a subscriber of a channel once.
class RoomSubscription final : public Subscriber, private FrameSink {
  public:
    /// `member_id`: as whom its owner joined; empty where there are no members. `is_of_login`: a
    /// log-in of staff let it in, and not a table session.
    RoomSubscription(
        RoomOwner& owner,
        const Channel& channel,
        const ChannelCodec& codec,
        std::string member_id,
        bool is_restored,
        bool is_of_login
    )
        : owner_(&owner),
          codec_(&codec),
          channel_(channel),
          member_id_(std::move(member_id)),
          is_restored_(is_restored),
          is_of_login_(is_of_login) {}

    const Channel& channel() const noexcept { return channel_; }
    const ChannelCodec& codec() const noexcept { return *codec_; }
    /// What ends it.
    Unsubscription end(bool is_deliberate) const {
        return {
            .channel = channel_.name(),
            .codec = codec_,
            .user_id = member_id_.empty() ? std::nullopt : std::optional{member_id_},
            .is_deliberate = is_deliberate};
    }
    bool is_granted() const noexcept { return is_granted_; }
    bool is_of_login() const noexcept { return is_of_login_; }
    /// Of a restored room: what its client has already, which may be published once more after a
    /// crash. Nothing of it once later entries came.
    std::int64_t heard_seq() const noexcept { return heard_seq_; }
    void note_heard(std::int64_t seq) noexcept { heard_seq_ = seq; }
    void forget_heard() noexcept { heard_seq_ = kNothingHeard; }
    bool has_heard() const noexcept { return heard_seq_ != kNothingHeard; }

    /// Nobody wants it any more: a grant that is under way is given up.
    void give_up() noexcept { has_left_ = true; }

    SocketId socket_id() const noexcept override { return owner_->socket_id(); }
    bool has_left() const noexcept override { return has_left_ || owner_->has_left(); }
    void on_subscribed(const std::string& /*channel*/, const SubscribeOutcome& outcome) override {
        is_granted_ = !outcome.refusal;
        owner_->on_subscribed(*this, outcome);
    }
    void on_session_revoked(const std::string& /*channel*/) override {
        is_granted_ = false;
        owner_->on_room_revoked(*this);
    }
    void on_terminated() override { owner_->on_rooms_terminated(); }
    FrameSink& sink() noexcept override {
        return is_restored_ ? static_cast<FrameSink&>(*this) : owner_->room_sink();
    }

  private:
    static constexpr std::int64_t kNothingHeard = std::numeric_limits<std::int64_t>::min();

    void send(const Frame& frame) override { owner_->on_restored_frame(*this, frame); }

    RoomOwner* const owner_;
    const ChannelCodec* const codec_;
    const Channel channel_;
    const std::string member_id_;
    const bool is_restored_;
    const bool is_of_login_;
    std::int64_t heard_seq_ = kNothingHeard;
    bool is_granted_ = false;
    bool has_left_ = false;
};

}  // namespace orderpush::realtime
