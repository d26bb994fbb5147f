#include "main/adapters.hpp"
#include "main/setting_readers.hpp"
#include "main/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace orderpush {
namespace {

constexpr bool kSecret = true;
constexpr bool kPlain = false;

/// "builtin", "pusher,builtin": known names, each once.
Fault read_adapters(Settings& settings, const std::string& value) {
    std::size_t begin = 0;
    while (begin <= value.size()) {
        const auto end = std::min(value.find(',', begin), value.size());
        std::string name = value.substr(begin, end - begin);
        std::erase(name, ' ');
        begin = end + 1;
        if (std::ranges::find(adapter_names(), name) == adapter_names().end()) {
            return fmt::format("must be out of: {}", fmt::join(adapter_names(), ", "));
        }
        if (std::ranges::find(settings.push_adapters, name) != settings.push_adapters.end()) {
            return fmt::format("names '{}' twice", name);
        }
        settings.push_adapters.push_back(std::move(name));
    }
    return std::nullopt;
}

Fault read_mode(Settings& settings, const std::string& value) {
    if (value != "failover" && value != "mirror") {
        return "must be failover or mirror";
    }
    settings.push_mode = value == "mirror" ? PushMode::kMirror : PushMode::kFailover;
    return std::nullopt;
}

/// 0 for never.
Fault read_mirror_skip(Settings& settings, const std::string& value) {
    int seconds = 0;
    auto fault = read_integer(value, 0, 30 * 24 * 3600, seconds);
    if (seconds > 0) {
        settings.mirror_skip_after = std::chrono::seconds{seconds};
    }
    return fault;
}

/// Puts the text into its place. What is wrong with it is told only if its adapter is used.
template <std::string ProviderTexts::*place>
Fault keep(Settings& settings, const std::string& value) {
    settings.provider_texts.*place = value;
    return std::nullopt;
}

/// For a second name of a setting: the first one wins, and stands before it in the table.
template <std::string ProviderTexts::*place>
Fault keep_unless_given(Settings& settings, const std::string& value) {
    std::string& text = settings.provider_texts.*place;
    if (text.empty()) {
        text = value;
    }
    return std::nullopt;
}

constexpr std::array kTable{
    SettingRow{
        "PUSH_ADAPTERS",
        "builtin",
        kPlain,
        "How events are pushed: adapters in order of preference, comma separated. Out of builtin, "
        "pusher and ably.",
        read_adapters},
    SettingRow{
        "PUSH_MODE",
        "failover",
        kPlain,
        "With several adapters. failover: the next one while the one before does not answer. "
        "mirror: all of them.",
        read_mode},
    SettingRow{
        "MIRROR_SKIP_AFTER_SECONDS",
        "0",
        kPlain,
        "With PUSH_MODE=mirror: an adapter that was down does not get what is older, in seconds, "
        "at most 30 days. 0: it gets everything.",
        read_mirror_skip},
    SettingRow{
        "PUSHER_APP_ID",
        "",
        kPlain,
        "With the adapter pusher: the application's id at Pusher, digits.",
        keep<&ProviderTexts::pusher_app_id>},
    SettingRow{
        "PUSHER_KEY",
        "",
        kPlain,
        "With the adapter pusher: the application's key; public.",
        keep<&ProviderTexts::pusher_key>},
    SettingRow{
        "PUSHER_APP_KEY",
        "",
        kPlain,
        "The same as PUSHER_KEY, which wins.",
        keep_unless_given<&ProviderTexts::pusher_key>},
    SettingRow{
        "PUSHER_SECRET",
        "",
        kSecret,
        "With the adapter pusher: the application's secret.",
        keep<&ProviderTexts::pusher_secret>},
    SettingRow{
        "PUSHER_APP_SECRET",
        "",
        kSecret,
        "The same as PUSHER_SECRET, which wins.",
        keep_unless_given<&ProviderTexts::pusher_secret>},
    SettingRow{
        "PUSHER_CLUSTER",
        "",
        kPlain,
        "With the adapter pusher: the application's cluster (eu, us2, mt1, …).",
        keep<&ProviderTexts::pusher_cluster>},
    SettingRow{
        "PUSHER_APP_CLUSTER",
        "",
        kPlain,
        "The same as PUSHER_CLUSTER, which wins.",
        keep_unless_given<&ProviderTexts::pusher_cluster>},
    SettingRow{
        "PUSHER_HOST",
        "",
        kPlain,
        "Instead of a cluster, a server that speaks the same protocol: host, host:port or "
        "scheme://host:port (https unless said).",
        keep<&ProviderTexts::pusher_host>},
    SettingRow{
        "PUSHER_URL",
        "",
        kSecret,
        "All of the above in one, https://key:secret@api-eu.pusher.com/apps/77001; the others win.",
        keep<&ProviderTexts::pusher_url>},
    SettingRow{
        "ABLY_API_KEY",
        "",
        kSecret,
        "With the adapter ably: an API key that may publish, subscribe and be present: "
        "appId.keyId:secret.",
        keep<&ProviderTexts::ably_api_key>},
    SettingRow{
        "ABLY_REST_HOST",
        "",
        kPlain,
        "Instead of the hosted service, a server that speaks the same protocol: host, host:port or "
        "scheme://host:port (https unless said).",
        keep<&ProviderTexts::ably_rest_host>},
};

}  // namespace

std::span<const SettingRow> push_settings_table() {
    return kTable;
}

}  // namespace orderpush
