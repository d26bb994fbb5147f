#pragma once

#include "base/result.hpp"
#include "core/events/channel.hpp"
#include "core/events/event.hpp"

#include <cstddef>
#include <span>

namespace orderpush {

/// Records events that no change of the restaurant causes. Implementations: storage (PostgreSQL)
/// and tests/support (in memory); one contract suite judges both.
class Announcements {
  public:
    Announcements() = default;
    Announcements(const Announcements&) = delete;
    Announcements& operator=(const Announcements&) = delete;
    virtual ~Announcements() = default;

    /// Records the event, whose own channels do not count, on the channels of these audiences,
    /// which stand for branches, of each branch whose kitchen had an event that is still stored; at
    /// most `branches_max` of them, in order of their ids. How many channels it went on. One
    /// transaction. kUnavailable, kTimeout.
    virtual Result<std::size_t> announce(
        const Event& event, std::span<const Audience> audiences, int branches_max
    ) = 0;
};

}  // namespace orderpush
