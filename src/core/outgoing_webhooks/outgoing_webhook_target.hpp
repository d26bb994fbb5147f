#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// What a webhook of the built-in server can report of a channel.
enum class ChannelEventKind {
    kOccupied,           ///< the first subscriber came
    kVacated,            ///< the last one left
    kMemberAdded,        ///< a user's first connection joined a presence channel
    kMemberRemoved,      ///< a user's last connection left it
    kClientEvent,        ///< a client sent an event to the others
    kCacheMiss,          ///< somebody joined a cache channel of which no event is stored
    kSubscriptionCount,  ///< so many subscribers there are now
};

/// As Pusher calls it: "channel_occupied", "channel_vacated", "member_added", …
std::string_view to_string(ChannelEventKind kind) noexcept;
std::optional<ChannelEventKind> parse_channel_event_kind(std::string_view word);

/// Where webhooks go, and which.
struct OutgoingWebhookTarget {
    /// http or https, without user and fragment.
    std::string url;
    /// None: all.
    std::vector<ChannelEventKind> kinds = {};
    /// Channels whose name, as Pusher spells it, begins so.
    std::string channel_prefix = {};

    bool operator==(const OutgoingWebhookTarget&) const = default;
    bool wants(ChannelEventKind kind, std::string_view channel) const noexcept;
};

/// From an address and, behind '#', its filters in any order, each of them once:
/// "https://shop.example/hooks#events=member_added,member_removed&channels=presence-". At most 2048
/// bytes. kInvalid "webhook_target_invalid", whose message says what is wrong and repeats nothing
/// of the text.
Result<OutgoingWebhookTarget> parse_webhook_target(std::string_view text);

/// The address up to its path, without a query, which may hold a secret.
std::string shown_url(const OutgoingWebhookTarget& target);

}  // namespace orderpush
