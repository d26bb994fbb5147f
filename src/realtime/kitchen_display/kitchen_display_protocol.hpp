#pragma once

#include "realtime/sockets/origin_check.hpp"
#include "realtime/sockets/protocol.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace orderpush::realtime {

inline constexpr std::string_view kKitchenDisplayPath = "/kitchen/display";

/// What older displays speak, at /kitchen/display: a plain WebSocket in one direction. Each message
/// is a JSON object {"type":"NEW_ORDER"|"ORDER_UPDATED","orderId","status":SENT|READY|COMPLETED,
/// "table"?,"itemCount"?,"items"?,"timestamp"}: an order was accepted; its status changed, or lines
/// were added (`items` are the new ones). What was cut off a large payload is left out. Whatever
/// clients send is a sign of life and nothing else.
///
/// The display joins the one channel of its UpgradeRequest::pass, as the member named there.
/// Whoever has none, or comes from a page that may not connect, is closed with 4009.
class KitchenDisplayProtocol final : public Protocol {
  public:
    explicit KitchenDisplayProtocol(OriginRule is_origin_allowed)
        : origins_(std::move(is_origin_allowed)) {}

    bool serves(std::string_view path) const noexcept override {
        return path == kKitchenDisplayPath;
    }
    Opening open(const UpgradeRequest& request, const ClientContext& context) const override;
    /// `message.data` is an event's envelope. Nothing for other events, and for data that lacks the
    /// order or its status.
    std::optional<Frame> encode(const ChannelMessage& message) const override;
    /// Nothing: these displays know no members.
    std::optional<Frame> encode(std::string_view channel, const MemberChange& change)
        const override;

  private:
    OriginCheck origins_;
};

}  // namespace orderpush::realtime
