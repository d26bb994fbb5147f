#pragma once

#include "realtime/ably/ably_options.hpp"
#include "realtime/ably/ably_shard.hpp"
#include "realtime/ably/access/ably_authenticator.hpp"
#include "realtime/ably/channel_codec.hpp"
#include "realtime/ably/members.hpp"
#include "realtime/ably/rest/recent_publishes.hpp"
#include "realtime/ably/sessions/session_table.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/sockets/origin_check.hpp"
#include "realtime/sockets/protocol.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace orderpush::realtime::ably {

/// Ably's realtime protocol, version 2 and later, at the root: JSON and MessagePack. Channels of
/// the restaurant have their logical names; any name that Pusher's clients can have is the same
/// channel as theirs. A connection lives on one shard, which its key names: a client that resumes
/// it is brought there before it is opened (shard_of).
class AblyProtocol final : public Protocol {
  public:
    /// All outlive it.
    AblyProtocol(
        IoShards& shards,
        Hub& hub,
        const AblyAuthenticator& authenticator,
        const Clock& clock,
        OriginRule is_origin_allowed,
        AblyOptions options
    );
    AblyProtocol(const AblyProtocol&) = delete;
    AblyProtocol& operator=(const AblyProtocol&) = delete;
    ~AblyProtocol() override;

    /// Before the shards are started; `events` outlives them. Null: channels of the restaurant go
    /// back as far as the hub's log.
    void use(RecordedEvents* events);
    const MemberSets& members() const noexcept { return members_; }
    /// For who publishes for the same clients another way.
    RecentPublishes& recent() noexcept { return recent_; }

    bool serves(std::string_view path) const noexcept override;
    bool takes_binary() const noexcept override { return true; }
    Opening open(const UpgradeRequest& request, const ClientContext& context) const override;
    /// The shard of the connection that the request wants to resume; nothing if it begins one.
    std::optional<std::size_t> shard_of(const UpgradeRequest& request) const;
    std::optional<Frame> refusal_notice(
        const UpgradeRequest& request, CloseCode code, std::string_view reason
    ) const override;

    /// Nothing: connections have codecs of their own.
    std::optional<Frame> encode(const ChannelMessage& /*message*/) const override {
        return std::nullopt;
    }
    std::optional<Frame> encode(std::string_view /*channel*/, const MemberChange& /*change*/)
        const override {
        return std::nullopt;
    }

  private:
    IoShards& shards_;
    Hub& hub_;
    const AblyAuthenticator& authenticator_;
    const Clock& clock_;
    const OriginCheck origins_;
    const AblyOptions options_;
    MemberSets members_;
    mutable RecentPublishes recent_;
    const AblyCodec json_{Format::kJson};
    const AblyCodec msgpack_{Format::kMsgpack};
    /// Each touched by its shard's thread only.
    std::vector<std::unique_ptr<SessionTable>> tables_;
    std::vector<std::unique_ptr<AblyShard>> parts_;
};

}  // namespace orderpush::realtime::ably
