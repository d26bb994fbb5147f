#pragma once

#include "realtime/ably/ably_shard.hpp"
#include "realtime/ably/channel_names.hpp"
#include "realtime/ably/messages/protocol_message.hpp"
#include "realtime/ably/position.hpp"
#include "realtime/hub/subscriber.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::ably {

class AblyClient;

/// How a client wants to hear a channel, and where it is to go on.
struct AttachRequest {
    ChannelName name;
    /// Asked for, whether allowed or not: rights may change.
    std::uint32_t modes = 0;
    /// Those that are understood; the answer repeats them.
    std::map<std::string, std::string> params;
    std::optional<std::string> channel_serial = {};
    std::optional<Rewind> rewind = {};
    bool has_echo = true;
};

/// One channel of a connection, by one spelling of its name. It subscribes, holds back what comes
/// until the client knows where it stands and has what it missed, and lets through what it wants.
/// On the connection's shard only; made by std::make_shared.
class AblyAttachment final : public Subscriber,
                             private FrameSink,
                             public std::enable_shared_from_this<AblyAttachment> {
  public:
    AblyAttachment(
        const AblyShard& shard,
        AblyClient& owner,
        AttachRequest request,
        std::string hub_key,
        std::uint32_t granted
    );
    ~AblyAttachment() override;

    const std::string& spelled() const noexcept { return request_.name.spelled; }
    const std::string& hub_key() const noexcept { return hub_key_; }
    const AttachRequest& request() const noexcept { return request_; }
    std::uint32_t granted() const noexcept { return granted_; }
    bool is_attached() const noexcept { return is_attached_; }

    void begin();
    /// Asked again while it stands: other modes and params, and nothing is sent again.
    void change(AttachRequest request, std::uint32_t granted);
    /// The client's rights changed.
    void grant(std::uint32_t granted);
    /// Ends the subscription; nothing is delivered after it returned.
    void end(bool is_deliberate);
    /// All members, as the client asked for.
    void send_members();

    SocketId socket_id() const noexcept override;
    bool has_left() const noexcept override { return owner_ == nullptr; }
    void on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) override;
    void on_session_revoked(const std::string& channel) override;
    FrameSink& sink() noexcept override { return *this; }

  private:
    struct Start;
    void send(const Frame& frame) override;
    void let_through(const Frame& frames);
    void note_plainness();
    void read_log();
    void on_log(const LogExcerpt& excerpt);
    void read_recorded();
    void on_recorded(const Result<RecordedPage>& page);
    /// Tells the client where it stands, and gives it what it missed and what was held back.
    void finish();
    void send_attached(
        const std::string& serial, std::uint32_t flags, const std::optional<ErrorInfo>& error
    );
    void send_sync(const std::vector<PresenceMessage>& members);
    Format format() const;

    const AblyShard& shard_;
    AblyClient* owner_;
    AttachRequest request_;
    const std::string hub_key_;
    /// The plain name, where the client spells it in another way; empty: it does not.
    std::string canonical_;
    std::uint32_t granted_;
    bool is_subscribed_ = false;
    bool is_attached_ = false;
    /// What comes is for the client as it is.
    bool is_plain_ = false;
    std::string attach_serial_;
    /// Events of the restaurant up to this one were sent again, and may be published yet.
    std::optional<std::int64_t> skipped_seq_ = {};
    /// Until it is attached.
    std::unique_ptr<Start> start_;
};

/// The `params` of an attachment that are understood, and what they ask for. 40000/400: a value is
/// none.
Checked<AttachRequest> read_attach(const ProtocolMessage& message, ChannelName name);

}  // namespace orderpush::realtime::ably
