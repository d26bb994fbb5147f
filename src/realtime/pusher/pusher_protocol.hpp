#pragma once

#include "protocol/pusher_signature.hpp"
#include "realtime/hub/deflated_codec.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/pusher/pusher_app_options.hpp"
#include "realtime/sockets/origin_check.hpp"
#include "realtime/sockets/protocol.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// From this version on the close frame alone says the reason (Pusher Channels, "Connection
/// closure").
inline constexpr int kVersionWithCloseCodes = 6;

struct PusherProtocolOptions {
    /// The default application.
    protocol::PusherApp app;
    OriginRule is_origin_allowed;
    PusherAppOptions limits = {};
    /// All applications, the default one among them; null: there is no other.
    const AppTable* apps = nullptr;
};

/// The Pusher Channels WebSocket protocol, versions 4 to 7, at /app/{key}. The restaurant's
/// channels have their Pusher names on the wire and their logical ones in the hub; any other valid
/// name is a free channel under that name.
class PusherProtocol final : public Protocol {
  public:
    explicit PusherProtocol(PusherProtocolOptions options);

    const PusherProtocolOptions& options() const noexcept { return options_; }

    bool serves(std::string_view path) const noexcept override;
    Opening open(const UpgradeRequest& request, const ClientContext& context) const override;
    std::optional<Frame> encode(const ChannelMessage& message) const override;
    std::optional<Frame> encode(std::string_view channel, const MemberChange& change)
        const override;

    /// Only where the application has the feature, and never for presence channels.
    std::optional<Frame> encode_count(std::string_view channel, std::size_t subscribers)
        const override;
    std::optional<Frame> refusal_notice(
        const UpgradeRequest& request, CloseCode code, std::string_view reason
    ) const override;

    /// For clients: why one of that application may not go on; nothing: it may.
    std::optional<Refusal> objection_to(const App& app) const;
    /// For clients: how the channels of a connection are written.
    const ChannelCodec& codec(bool is_deflating) const noexcept {
        return is_deflating ? static_cast<const ChannelCodec&>(deflated_) : *this;
    }

  private:
    /// `app`: whose key the path names; null if nobody's.
    std::optional<Refusal> check(const UpgradeRequest& request, const AppPtr& app) const;

    const AppTable& apps() const noexcept {
        return options_.apps == nullptr ? only_app_ : *options_.apps;
    }

    PusherProtocolOptions options_;
    /// Used where there is no other.
    const AppTable only_app_;
    OriginCheck origins_;
    const DeflatedCodec deflated_{*this};
};

/// The hub's key of a channel as Pusher clients of the default application spell it. The inverse is
/// for keys of any application.
std::string hub_key_of(std::string_view pusher_name);
std::string pusher_name_of(std::string_view hub_key);

}  // namespace orderpush::realtime
