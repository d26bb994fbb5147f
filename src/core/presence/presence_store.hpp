#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/events/channel.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// One member of a presence channel, however many connections it has there.
struct PresentMember {
    /// "staff-{staffId}" or "guest-{id}".
    std::string id;
    /// A JSON object, or "null" if there is none: see PresenceMember::info.
    std::string info;
    /// When the first of its connections joined.
    Timestamp joined_at;
    /// Those that are known: one at a provider that counts users only.
    std::size_t connections = 1;
    /// The adapter whose server it is connected to.
    std::string source = {};
};

/// One who was there, and is not any more.
struct DepartedMember {
    std::string id;
    /// As PresentMember::info.
    std::string info;
    /// When it left, or was last seen.
    Timestamp silent_since;
    std::string source = {};
};

/// What one source says of one channel.
struct SourcePresence {
    /// An adapter's name.
    std::string source;
    /// When it last said something of the channel, or listed all of its channels; nothing: never.
    std::optional<Timestamp> confirmed_at = {};
    /// The longest there first.
    std::vector<PresentMember> members = {};
};

/// One member's connection in a list that a source gave.
struct ListedMember {
    std::string id;
    /// As PresenceFact::connection.
    std::string connection = {};
    std::size_t connections = 1;
    /// A JSON object; nothing if the source does not say.
    std::optional<std::string> info = {};
    /// Nothing if the source does not say.
    std::optional<Timestamp> joined_at = {};
};

/// Whose truth a list is.
struct PresenceScope {
    /// An adapter's name.
    std::string source;
    /// The process whose own connections it is, which stand under this as their `connection` and
    /// are written by nobody else; empty: all of the source.
    std::string instance = {};
};

/// Who is connected, whichever provider reports it. Implementations: storage (PostgreSQL) and
/// tests/support (in memory). Any thread; blocks on the store. Each call is one commit. Beside what
/// a member names, each can answer kUnavailable and kTimeout.
class PresenceStore {
  public:
    PresenceStore() = default;
    PresenceStore(const PresenceStore&) = delete;
    PresenceStore& operator=(const PresenceStore&) = delete;
    virtual ~PresenceStore() = default;

    /// One per source, in their order: members that were seen at `heard_since` or
    /// later.
    virtual Result<std::vector<SourcePresence>> read(
        const Channel& channel, const std::vector<std::string>& sources, Timestamp heard_since
    ) = 0;
    /// Those of whom nothing is left that read() would list, silent since `since` at the earliest:
    /// the last to go first, at most `limit`. Whoever left is known for an hour.
    virtual Result<std::vector<DepartedMember>> read_recently_left(
        const Channel& channel,
        const std::vector<std::string>& sources,
        Timestamp heard_since,
        Timestamp since,
        int limit
    ) = 0;
    /// Makes the members of one channel those that are listed: adds, confirms and removes within
    /// the scope. What was reported of a member since `asked_at` is newer than the list, and stays.
    virtual Result<void> replace(
        const PresenceScope& scope,
        const Channel& channel,
        const std::vector<ListedMember>& members,
        Timestamp asked_at,
        Timestamp now
    ) = 0;
    /// Ends a round in which all occupied channels of the scope were replaced: whoever was not
    /// seen since `asked_at` has left, and the source is confirmed as of then.
    virtual Result<void> finish_round(
        const PresenceScope& scope, Timestamp asked_at, Timestamp now
    ) = 0;
    /// Removes what was seen last at that time or before: at most `limit` each of members,
    /// channels and sources; how many.
    virtual Result<std::size_t> purge(Timestamp heard_until, int limit) = 0;
};

}  // namespace orderpush
