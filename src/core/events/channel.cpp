#include "core/events/channel.hpp"

#include <algorithm>
#include <array>

namespace orderpush {
namespace {

struct AudienceRow {
    Audience audience;
    std::string_view word;
    ChannelKind kind;
};

/// In the order of Audience.
constexpr std::array kAudiences{
    AudienceRow{Audience::kKitchen, "kitchen", ChannelKind::kPresence},
    AudienceRow{Audience::kWaiters, "waiters", ChannelKind::kPresence},
    AudienceRow{Audience::kTables, "tables", ChannelKind::kPrivate},
    AudienceRow{Audience::kSession, "session", ChannelKind::kPresence},
    AudienceRow{Audience::kTable, "table", ChannelKind::kPrivate},
    AudienceRow{Audience::kOrder, "order", ChannelKind::kPrivate},
    AudienceRow{Audience::kMenu, "menu", ChannelKind::kPublic},
};

const AudienceRow& row(Audience audience) {
    return kAudiences[static_cast<std::size_t>(audience)];
}

}  // namespace

std::optional<Channel> Channel::parse(std::string_view name) {
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    return from_parts(name.substr(0, colon), name.substr(colon + 1));
}

std::optional<Channel> Channel::from_parts(std::string_view audience_word, std::string_view id) {
    const auto found = std::ranges::find(kAudiences, audience_word, &AudienceRow::word);
    const auto subject = parse_uuid(id);
    if (found == kAudiences.end() || !subject) {
        return std::nullopt;
    }
    return Channel{found->audience, *subject};
}

ChannelKind Channel::kind() const noexcept {
    return row(audience_).kind;
}

std::string_view to_string(Audience audience) noexcept {
    return row(audience).word;
}

std::string_view Channel::audience_word() const noexcept {
    return row(audience_).word;
}

std::string Channel::name() const {
    std::string name{audience_word()};
    name.push_back(':');
    name += to_string(subject_);
    return name;
}

}  // namespace orderpush
