#include "core/outgoing_webhooks/outgoing_webhook_target.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace orderpush {
namespace {

constexpr std::size_t kTargetBytesMax = 2'048;

constexpr std::array<std::pair<ChannelEventKind, std::string_view>, 7> kNames{{
    {ChannelEventKind::kOccupied, "channel_occupied"},
    {ChannelEventKind::kVacated, "channel_vacated"},
    {ChannelEventKind::kMemberAdded, "member_added"},
    {ChannelEventKind::kMemberRemoved, "member_removed"},
    {ChannelEventKind::kClientEvent, "client_event"},
    {ChannelEventKind::kCacheMiss, "cache_miss"},
    {ChannelEventKind::kSubscriptionCount, "subscription_count"},
}};

Error unusable(const char* message) {
    return {.kind = ErrorKind::kInvalid, .code = "webhook_target_invalid", .message = message};
}

/// The text up to `separator`, which is taken away with it.
std::string_view take_until(std::string_view& text, char separator) {
    const auto end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return part;
}

bool is_url(std::string_view url) {
    const bool is_plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7F'; });
    const auto scheme_end = url.find("://");
    if (!is_plain || (!url.starts_with("https://") && !url.starts_with("http://"))) {
        return false;
    }
    const std::string_view rest = url.substr(scheme_end + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    return !authority.empty() && !authority.starts_with(':') &&
           authority.find('@') == std::string_view::npos;
}

Result<void> read_kinds(std::string_view list, OutgoingWebhookTarget& target) {
    if (!target.kinds.empty()) {
        return unusable("names its events twice");
    }
    while (!list.empty()) {
        const auto kind = parse_channel_event_kind(take_until(list, ','));
        if (!kind) {
            return unusable("names an event that there is not");
        }
        target.kinds.push_back(*kind);
    }
    return target.kinds.empty() ? Result<void>{unusable("names no event")} : Result<void>{};
}

Result<void> read_filter(std::string_view filter, OutgoingWebhookTarget& target) {
    std::string_view value = filter;
    const std::string_view name = take_until(value, '=');
    if (name == "events") {
        return read_kinds(value, target);
    }
    if (name == "channels" && !value.empty() && target.channel_prefix.empty()) {
        target.channel_prefix = value;
        return {};
    }
    return unusable("may have behind # only events=… and channels=…, each once");
}

}  // namespace

std::string_view to_string(ChannelEventKind kind) noexcept {
    return std::ranges::find(kNames, kind, &decltype(kNames)::value_type::first)->second;
}

std::optional<ChannelEventKind> parse_channel_event_kind(std::string_view word) {
    const auto* const found =
        std::ranges::find(kNames, word, &decltype(kNames)::value_type::second);
    return found == kNames.end() ? std::nullopt : std::optional{found->first};
}

bool OutgoingWebhookTarget::wants(ChannelEventKind kind, std::string_view channel) const noexcept {
    const bool is_wanted = kinds.empty() || std::ranges::find(kinds, kind) != kinds.end();
    return is_wanted && channel.starts_with(channel_prefix);
}

Result<OutgoingWebhookTarget> parse_webhook_target(std::string_view text) {
    if (text.size() > kTargetBytesMax) {
        return unusable("is longer than 2048 bytes");
    }
    std::string_view filters = text;
    OutgoingWebhookTarget target{.url = std::string{take_until(filters, '#')}};
    if (!is_url(target.url)) {
        return unusable("must be an address that begins with http:// or https://, without a user");
    }
    while (!filters.empty()) {
        ORDERPUSH_TRY(read_filter(take_until(filters, '&'), target));
    }
    return target;
}

std::string shown_url(const OutgoingWebhookTarget& target) {
    return target.url.substr(0, target.url.find('?'));
}

}  // namespace orderpush
