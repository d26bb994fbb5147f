#pragma once

#include "base/timestamp.hpp"
#include "core/events/channel.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// What a provider says of one channel, or of one member of it, at one time.
struct PresenceFact {
    enum class Kind {
        kEntered,   ///< the member is there; also an update of its info
        kLeft,      ///< the member's connection is gone
        kOccupied,  ///< somebody listens
        kVacated,   ///< nobody listens any more
        kActive,    ///< something happened there
    };

    Kind kind;
    /// A presence channel.
    Channel channel;
    /// By the provider's clock.
    Timestamp at;
    /// "staff-{staffId}" or "guest-{id}"; empty if the fact is of the channel alone.
    std::string member_id = {};
    /// Distinguishes one member's connections; empty where the provider counts users only.
    std::string connection = {};
    /// A JSON object; nothing if the provider did not say.
    std::optional<std::string> info = {};

    bool is_of_member() const noexcept { return kind == Kind::kEntered || kind == Kind::kLeft; }
};

/// Whether a provider's text can be a member's id: 1 to 128 bytes, no control characters.
inline bool is_member_id(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 128 &&
           std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
}

/// Where one member's connection, or one channel, stands after a list of facts.
struct SettledPresence {
    /// One per channel, member and connection, sorted by them: its newest fact; of equal times the
    /// later in the list. An info that only an older fact has stays.
    std::vector<PresenceFact> members;
    /// One per channel, sorted: its newest kOccupied or kVacated; kActive if there is neither.
    std::vector<PresenceFact> channels;
};

SettledPresence settle(const std::vector<PresenceFact>& facts);

}  // namespace orderpush
