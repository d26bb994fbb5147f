#include "main/settings/adapter_names.hpp"
#include "main/settings/setting_readers.hpp"
#include "main/settings/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

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
        if (std::ranges::count(kAdapterNames, name) == 0) {
            return fmt::format("must be out of: {}", fmt::join(kAdapterNames, ", "));
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

Fault read_webhook_token(Settings& settings, const std::string& value) {
    if (!value.empty() && value.size() < 16) {
        return "must have at least 16 characters";
    }
    settings.ably_webhook_token = value;
    return std::nullopt;
}

template <std::chrono::seconds Settings::*place, int least, int most>
Fault read_seconds(Settings& settings, const std::string& value) {
    int seconds = 0;
    auto fault = read_integer(value, least, most, seconds);
    settings.*place = std::chrono::seconds{seconds};
    return fault;
}

constexpr auto read_webhook_age = read_seconds<&Settings::webhook_age_max, 360, 86'400>;
constexpr auto read_presence_interval = read_seconds<&Settings::presence_interval, 3, 3'600>;

/// Stands behind the interval in the table.
Fault read_presence_expiry(Settings& settings, const std::string& value) {
    auto fault = read_seconds<&Settings::presence_expiry, 5, 86'400>(settings, value);
    if (!fault && settings.presence_expiry < 2 * settings.presence_interval) {
        return "must be at least twice PRESENCE_INTERVAL_SECONDS";
    }
    return fault;
}

/// "push_again:0,waiters:30,webhook:60": each once, none before the one in front of it;
/// or "none".
Fault read_unseen_steps(Settings& settings, const std::string& value) {
    constexpr int kSecondsMax = 86'400;
    std::vector<UnseenStep> steps;
    std::size_t begin = 0;
    while (value != "none" && begin <= value.size()) {
        const auto end = std::min(value.find(',', begin), value.size());
        const std::string part = value.substr(begin, end - begin);
        begin = end + 1;
        const auto colon = std::min(part.find(':'), part.size());
        const auto step = parse_alarm_step(part.substr(0, colon));
        if (!step || colon == part.size()) {
            return "must have steps such as push_again:0, waiters:30 and webhook:60";
        }
        if (std::ranges::find(steps, *step, &UnseenStep::step) != steps.end()) {
            return fmt::format("names {} twice", to_string(*step));
        }
        int seconds = 0;
        if (auto fault = read_integer(part.substr(colon + 1), 0, kSecondsMax, seconds)) {
            return "has seconds that are none: each " + *fault;
        }
        steps.push_back({.step = *step, .after = std::chrono::seconds{seconds}});
    }
    if (!std::ranges::is_sorted(steps, {}, &UnseenStep::after)) {
        return "must have its steps in the order of their seconds";
    }
    settings.unseen_steps = std::move(steps);
    return std::nullopt;
}

Fault read_unseen_reporting(Settings& settings, const std::string& value) {
    int hours = 0;
    auto fault = read_integer(value, 1, 8'760, hours);
    settings.unseen_reporting = std::chrono::hours{hours};
    return fault;
}

constexpr std::array kTable{
    SettingRow{
        "PUSH_ADAPTERS",
        "builtin",
        kPlain,
        "How events are pushed: adapters in order of preference, comma separated. Out of builtin, "
        "pusher and ably.",
        read_adapters,
        SettingGroup::kUsual},
    SettingRow{
        "PUSH_MODE",
        "failover",
        kPlain,
        "With several adapters. failover: the next one while the one before does not answer. "
        "mirror: all of them.",
        read_mode,
        SettingGroup::kUsual},
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
        keep<&ProviderTexts::pusher_app_id>,
        SettingGroup::kUsual},
    SettingRow{
        "PUSHER_KEY",
        "",
        kPlain,
        "With the adapter pusher: the application's key; public.",
        keep<&ProviderTexts::pusher_key>,
        SettingGroup::kUsual},
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
        keep<&ProviderTexts::pusher_secret>,
        SettingGroup::kUsual},
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
        keep<&ProviderTexts::pusher_cluster>,
        SettingGroup::kUsual},
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
        keep<&ProviderTexts::pusher_url>,
        SettingGroup::kUsual},
    SettingRow{
        "ABLY_API_KEY",
        "",
        kSecret,
        "With the adapter ably: an API key that may publish, subscribe and be present: "
        "appId.keyId:secret. The built-in server takes it from Ably's clients, whatever the "
        "adapters are.",
        keep<&ProviderTexts::ably_api_key>,
        SettingGroup::kUsual},
    SettingRow{
        "ABLY_REST_HOST",
        "",
        kPlain,
        "Instead of the hosted service, a server that speaks the same protocol: host, host:port or "
        "scheme://host:port (https unless said).",
        keep<&ProviderTexts::ably_rest_host>},
    SettingRow{
        "ABLY_WEBHOOK_TOKEN",
        "",
        kSecret,
        "With the adapter ably: what its rules in single mode, which Ably does not sign, send in "
        "the header X-Webhook-Token; at least 16 characters. Empty: only signed webhooks.",
        read_webhook_token},
    SettingRow{
        "WEBHOOK_AGE_MAX_SECONDS",
        "900",
        kPlain,
        "How old a provider's webhook may be, 360 to 86400 seconds: they repeat them for five "
        "minutes.",
        read_webhook_age},
    SettingRow{
        "PRESENCE_INTERVAL_SECONDS",
        "30",
        kPlain,
        "How often who is online is checked against what the providers say, 3 to 3600 seconds.",
        read_presence_interval},
    SettingRow{
        "PRESENCE_EXPIRY_SECONDS",
        "90",
        kPlain,
        "After how long without a sign somebody counts as gone, and a provider as silent; 5 to "
        "86400 seconds, at least twice PRESENCE_INTERVAL_SECONDS.",
        read_presence_expiry},
    SettingRow{
        "UNSEEN_STEPS",
        "push_again:0,waiters:30,webhook:60",
        kPlain,
        "What happens to an order that no display of its kitchen has shown within the branch's "
        "limit (branches.unseen_after_seconds): the steps, each with its seconds beyond that "
        "limit. "
        "push_again: once more to the kitchen. waiters: kitchen:unattended. webhook: the "
        "restaurant's own (PUT /v1/restaurant/webhook). none: nothing.",
        read_unseen_steps},
    SettingRow{
        "UNSEEN_REPORTING_HOURS",
        "168",
        kPlain,
        "For so long after a display of a branch told that something was seen on it, the branch's "
        "displays count as reporting, 1 to 8760 hours: only there an order can be unseen.",
        read_unseen_reporting},
};

}  // namespace

std::span<const SettingRow> push_settings_table() {
    return kTable;
}

}  // namespace orderpush
