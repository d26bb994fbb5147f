#pragma once

#include "base/timestamp.hpp"
#include "core/presence/presence_store.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct PresenceViewOptions {
    /// The adapters in use, which alone count; one at least.
    std::vector<std::string> sources;
    /// A member that was not seen for so long is taken for gone, and a source for unknown.
    std::chrono::milliseconds expiry{90'000};
};

/// Who is in one channel, by all sources.
struct ChannelRoster {
    /// The longest there first; one per source for a member that is at several.
    std::vector<PresentMember> members = {};
    /// When a source last confirmed it; nothing: never, so that nothing is known.
    std::optional<Timestamp> as_of = {};
    /// Whether every source confirmed it within the expiry: who is not listed is not there.
    bool is_complete = false;
};

/// Reads who is connected, whichever provider reports it. Any thread; blocks on the store.
class PresenceView {
  public:
    static constexpr int kSilentMax = 50;

    PresenceView(PresenceStore& store, const Clock& clock, PresenceViewOptions options);

    /// Errors of the store.
    Result<ChannelRoster> read(const Channel& channel);
    /// Who was there within the last hour and is not any more, the last to go first, at most
    /// kSilentMax. Errors of the store.
    Result<std::vector<DepartedMember>> read_recently_left(const Channel& channel);

  private:
    PresenceStore& store_;
    const Clock& clock_;
    const PresenceViewOptions options_;
};

}  // namespace orderpush::usecases
