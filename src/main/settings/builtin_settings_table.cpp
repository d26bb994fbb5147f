#include "core/outgoing_webhooks/outgoing_webhook_target.hpp"
#include "main/settings/setting_readers.hpp"
#include "main/settings/settings.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace orderpush {
namespace {

constexpr bool kPlain = false;
constexpr bool kSecret = true;

Fault read_flag(const std::string& value, bool& into) {
    if (value != "true" && value != "false") {
        return "must be true or false";
    }
    into = value == "true";
    return std::nullopt;
}

template <class Duration>
Fault read_duration(const std::string& value, int least, int most, Duration& into) {
    int seconds = 0;
    auto fault = read_integer(value, least, most, seconds);
    into = std::chrono::seconds{seconds};
    return fault;
}

Fault read_log_age(Settings& settings, const std::string& value) {
    auto fault = read_duration(value, 1, 3'600, settings.builtin_hub.log.age_max);
    settings.builtin_hub.idle_age_max = settings.builtin_hub.log.age_max;
    return fault;
}

Fault read_webhook_urls(Settings& settings, const std::string& value) {
    constexpr std::size_t kTargetsMax = 10;
    auto& targets = settings.builtin_webhooks.targets;
    targets.clear();
    std::istringstream words{value};
    for (std::string word; words >> word;) {
        if (const auto target = parse_webhook_target(word); !target) {
            return target.error().message;
        }
        targets.push_back(word);
    }
    return targets.size() > kTargetsMax ? Fault{"must be 10 addresses at most"} : std::nullopt;
}

Fault read_disable_hours(const std::string& value, std::chrono::hours& into) {
    int hours = 0;
    auto fault = read_integer(value, 1, 24 * 365, hours);
    into = std::chrono::hours{hours};
    return fault;
}

Fault read_path_prefix(const std::string& value, std::string& into) {
    constexpr std::size_t kLengthMax = 100;
    const auto is_good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '-' || c == '_' || c == '.';
    };
    if (!value.empty() &&
        (value.front() != '/' || value.back() == '/' || value.size() > kLengthMax ||
         value.find("//") != std::string::npos || !std::ranges::all_of(value, is_good))) {
        return "must begin with / and not end with it, such as /realtime";
    }
    into = value;
    return std::nullopt;
}

/// What the built-in server allows its clients, and what it keeps.
constexpr std::array kTable{
    SettingRow{
        "BUILTIN_CLIENT_EVENTS",
        "false",
        kPlain,
        "Whether clients of the built-in server may send client- events to each other, on "
        "private and presence channels that are not the restaurant's.",
        [](Settings& s, const std::string& v) {
            return read_flag(v, s.builtin_limits.has_client_events);
        }},
    SettingRow{
        "BUILTIN_SUBSCRIPTION_COUNTS",
        "false",
        kPlain,
        "Whether subscribers are told how many they are (pusher:subscription_count).",
        [](Settings& s, const std::string& v) {
            return read_flag(v, s.builtin_limits.has_subscription_counts);
        }},
    SettingRow{
        "BUILTIN_CONNECTIONS_MAX",
        "0",
        kPlain,
        "WebSocket connections of the default application on one instance; beyond it close code "
        "4100. 0: as many as SOCKET_CONNECTIONS_MAX allows.",
        [](Settings& s, const std::string& v) {
            return read_integer<std::size_t>(v, 0, 10'000'000, s.builtin_limits.connections_max);
        }},
    SettingRow{
        "BUILTIN_EVENT_BYTES_MAX",
        "10240",
        kPlain,
        "Bytes of an event's data in the default application, of clients and of servers; beyond it "
        "413. The restaurant's events are cut by their own rule.",
        [](Settings& s, const std::string& v) {
            return read_integer<std::size_t>(
                v, 1, 8U << 20U, s.builtin_limits.event_data_bytes_max
            );
        }},
    SettingRow{
        "BUILTIN_PATH_PREFIX",
        "",
        kPlain,
        "What stands before /app/{key} and /apps/{appId} at a proxy (/realtime), wsPath for "
        "pusher-js, which GET /v1/realtime says. The proxy may forward it or take it off, servers "
        "may sign it or not.",
        [](Settings& s, const std::string& v) {
            return read_path_prefix(v, s.builtin_path_prefix);
        }},
    SettingRow{
        "BUILTIN_AUTHORIZATION_SECONDS",
        "0",
        kPlain,
        "Who has neither signed in nor joined a private or presence channel by then is closed "
        "with 4009. 0: they may stay.",
        [](Settings& s, const std::string& v) {
            return read_duration(v, 0, 3'600, s.builtin_limits.authorization_timeout);
        }},
    SettingRow{
        "BUILTIN_SUBSCRIPTIONS_MAX",
        "1000",
        kPlain,
        "Channels that one WebSocket connection may subscribe to.",
        [](Settings& s, const std::string& v) {
            return read_integer<std::size_t>(v, 1, 100'000, s.builtin_limits.subscriptions_max);
        }},
    SettingRow{
        "BUILTIN_UNSIGNED_CHANNELS_MAX",
        "10000",
        kPlain,
        "Public channels of one application on one instance that connections without a signature "
        "opened, and as many of connections that have shown one. What is signed for a restaurant "
        "always opens.",
        [](Settings& s, const std::string& v) {
            return read_integer<std::size_t>(v, 1, 80'000, s.builtin_hub.unsigned_channels_max);
        }},
    SettingRow{
        "BUILTIN_MESSAGES_PER_SECOND",
        "100",
        kPlain,
        "What one WebSocket connection may send, ten seconds' worth of it at once, pings apart "
        "(10 a second, 200 at once); more is "
        "dropped with pusher:error, much more closes with 4100.",
        [](Settings& s, const std::string& v) {
            return read_integer<std::uint32_t>(
                v, 1, 100'000, s.builtin_limits.messages_per_second_max
            );
        }},
    SettingRow{
        "BUILTIN_CLIENT_EVENTS_PER_SECOND",
        "10",
        kPlain,
        "Client events of one connection; more get pusher:error 4301.",
        [](Settings& s, const std::string& v) {
            return read_integer<std::uint32_t>(
                v, 1, 10'000, s.builtin_limits.client_events_per_second_max
            );
        }},
    SettingRow{
        "BUILTIN_PRESENCE_GRACE_SECONDS",
        "3",
        kPlain,
        "How long who lost the connection still counts as present; who is back by then was "
        "never away. 0: not at all.",
        [](Settings& s, const std::string& v) {
            return read_duration(v, 0, 600, s.builtin_hub.leave_grace);
        }},
    SettingRow{
        "BUILTIN_COMPRESSION",
        "false",
        kPlain,
        "Whether clients that offer it get events compressed (permessage-deflate): less traffic "
        "for more processor time.",
        [](Settings& s, const std::string& v) { return read_flag(v, s.builtin_compression); }},
    SettingRow{
        "BUILTIN_LOG_BYTES",
        "67108864",
        kPlain,
        "Memory for the last events of all channels of the built-in server; the oldest go first. "
        "0: none is kept.",
        [](Settings& s, const std::string& v) {
            return read_integer<std::size_t>(v, 0, 4'294'967'296, s.builtin_hub.log.bytes_max);
        }},
    SettingRow{
        "BUILTIN_LOG_SECONDS",
        "120",
        kPlain,
        "For how long, and a channel without subscribers with them.",
        [](Settings& s, const std::string& v) { return read_log_age(s, v); }},
    SettingRow{
        "BUILTIN_CACHE_SECONDS",
        "1800",
        kPlain,
        "For how long cache channels keep their last event.",
        [](Settings& s, const std::string& v) {
            return read_duration(v, 1, 86'400, s.builtin_hub.cache.age_max);
        }},
    SettingRow{
        "BUILTIN_WEBHOOK_URLS",
        "",
        kSecret,
        "Where the built-in server tells what happens on the default application's channels, as "
        "Pusher's webhooks and Standard Webhooks do; addresses with spaces between them. Behind "
        "an address, #events=channel_occupied,member_added&channels=presence- names what is told.",
        [](Settings& s, const std::string& v) { return read_webhook_urls(s, v); }},
    SettingRow{
        "BUILTIN_WEBHOOK_GRACE_SECONDS",
        "3",
        kPlain,
        "How long a webhook that somebody left waits; who is back by then was never away.",
        [](Settings& s, const std::string& v) {
            return read_duration(v, 0, 600, s.builtin_webhooks.grace);
        }},
    SettingRow{
        "BUILTIN_WEBHOOK_DISABLE_HOURS",
        "24",
        kPlain,
        "An address that takes no webhook for so long gets none until POST "
        "/v1/webhook-endpoints/{id}/enable. Each webhook is tried for 24 hours.",
        [](Settings& s, const std::string& v) {
            return read_disable_hours(v, s.builtin_webhooks.disable_after);
        }},
    SettingRow{
        "BUILTIN_WEBHOOK_PRIVATE_ADDRESSES",
        "false",
        kPlain,
        "Whether webhooks, restaurants' own among them, may go to addresses that are not of the "
        "public Internet.",
        [](Settings& s, const std::string& v) {
            return read_flag(v, s.builtin_webhooks.is_private_allowed);
        }},
    SettingRow{
        "BUILTIN_WEBHOOK_HTTP",
        "false",
        kPlain,
        "Whether webhooks, restaurants' own among them, may go over http, unencrypted.",
        [](Settings& s, const std::string& v) {
            return read_flag(v, s.builtin_webhooks.is_http_allowed);
        }},
};

}  // namespace

std::span<const SettingRow> builtin_settings_table() {
    return kTable;
}

}  // namespace orderpush
