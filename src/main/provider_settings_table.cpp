#include "main/settings.hpp"

#include <array>

namespace orderpush {
namespace {

constexpr bool kSecret = true;
constexpr bool kPlain = false;

/// Puts the text into its place. What is wrong with it is told only if its adapter is used.
template <std::string ProviderTexts::*place>
std::optional<std::string> keep(Settings& settings, const std::string& value) {
    settings.provider_texts.*place = value;
    return std::nullopt;
}

/// For a second name of a setting: the first one wins, and stands before it in the table.
template <std::string ProviderTexts::*place>
std::optional<std::string> keep_unless_given(Settings& settings, const std::string& value) {
    std::string& text = settings.provider_texts.*place;
    if (text.empty()) {
        text = value;
    }
    return std::nullopt;
}

constexpr std::array kTable{
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

std::span<const SettingRow> provider_settings_table() {
    return kTable;
}

}  // namespace orderpush
