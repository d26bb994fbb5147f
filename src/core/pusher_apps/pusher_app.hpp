#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {

/// Bytes of an event's data at the hosted Pusher service.
inline constexpr std::size_t kEventBytesMaxDefault = 10'240;

/// An application of the built-in server, as Pusher has them: credentials, and what it may do. Each
/// has its own channels.
struct HostedApp {
    /// Decimal digits: some SDKs parse it as a number.
    std::string id;
    /// Public. Letters, digits, '-' and '_'.
    std::string key;
    std::string secret;
    /// Connections at one time on one instance; nothing: as many as the server takes.
    std::optional<std::size_t> connections_max = {};
    /// Bytes of an event's data.
    std::size_t event_bytes_max = kEventBytesMaxDefault;
    /// Whether clients may send events to each other.
    bool has_client_events = false;
    /// Whether subscribers get how many they are (Pusher's subscription counts).
    bool has_subscription_count = false;
    /// Where its webhooks go.
    std::vector<std::string> webhook_urls = {};
    /// What one connection may do, see PusherAppOptions; nothing: as the settings say.
    std::optional<std::size_t> subscriptions_max = {};
    std::optional<std::uint32_t> messages_per_second_max = {};
    std::optional<std::uint32_t> client_events_per_second_max = {};
    /// It keeps its id and key, but serves nobody.
    bool is_disabled = false;

    bool operator==(const HostedApp&) const = default;
};

}  // namespace orderpush
