#include "protocol/pusher_names.hpp"

#include <algorithm>

namespace orderpush::protocol {
namespace {

constexpr std::string_view kPrivatePrefix = "private-";
constexpr std::string_view kPresencePrefix = "presence-";
constexpr std::string_view kEncryptedPrefix = "private-encrypted-";
constexpr std::string_view kCachePrefix = "cache-";
constexpr std::string_view kUserPrefix = "#server-to-user-";
constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kNameLengthMax = 200;

std::string_view prefix_of(ChannelKind kind) {
    switch (kind) {
        case ChannelKind::kPublic:
            return "";
        case ChannelKind::kPrivate:
            return kPrivatePrefix;
        case ChannelKind::kPresence:
            return kPresencePrefix;
    }
    return "";
}

bool is_name_character(char c) {
    constexpr std::string_view kOthers = "_-=@,.;";
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
}

}  // namespace

ChannelKind pusher_kind(std::string_view pusher_name) noexcept {
    if (pusher_name.starts_with(kPrivatePrefix)) {
        return ChannelKind::kPrivate;
    }
    if (pusher_name.starts_with(kPresencePrefix)) {
        return ChannelKind::kPresence;
    }
    return ChannelKind::kPublic;
}

bool is_pusher_cache_channel(std::string_view pusher_name) noexcept {
    for (const auto prefix : {kEncryptedPrefix, kPrivatePrefix, kPresencePrefix}) {
        if (pusher_name.starts_with(prefix)) {
            return pusher_name.substr(prefix.size()).starts_with(kCachePrefix);
        }
    }
    return pusher_name.starts_with(kCachePrefix);
}

bool is_pusher_encrypted_channel(std::string_view pusher_name) noexcept {
    return pusher_name.starts_with(kEncryptedPrefix);
}

std::optional<std::string_view> user_of_pusher_channel(std::string_view pusher_name) noexcept {
    const bool is_users =
        pusher_name.starts_with(kUserPrefix) && pusher_name.size() > kUserPrefix.size();
    return is_users ? std::optional{pusher_name.substr(kUserPrefix.size())} : std::nullopt;
}

bool is_pusher_channel_name(std::string_view pusher_name) noexcept {
    return !pusher_name.empty() && pusher_name.size() <= kNameLengthMax &&
           std::ranges::all_of(pusher_name, is_name_character);
}

std::string to_pusher_name(const Channel& channel) {
    std::string name{prefix_of(channel.kind())};
    name += channel.audience_word();
    name.push_back('-');
    name += to_string(channel.subject());
    return name;
}

std::optional<Channel> from_pusher_name(std::string_view pusher_name) {
    std::string_view name = pusher_name;
    name.remove_prefix(prefix_of(pusher_kind(name)).size());
    if (name.size() <= kUuidLength + 1) {
        return std::nullopt;
    }
    const std::size_t hyphen = name.size() - kUuidLength - 1;
    if (name[hyphen] != '-') {
        return std::nullopt;
    }
    const auto channel = Channel::from_parts(name.substr(0, hyphen), name.substr(hyphen + 1));
    // Another prefix, or an id in upper case, is another channel: nobody publishes there.
    return channel && to_pusher_name(*channel) == pusher_name ? channel : std::nullopt;
}

}  // namespace orderpush::protocol
