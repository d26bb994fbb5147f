#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/delivery/announcements.hpp"
#include "core/ids.hpp"

#include <cstddef>
#include <string>

namespace orderpush::usecases {

struct EventRow;

/// Records an event of this type on the channels of its audiences, of at most 1,000 branches;
/// clients of others find out when they ask. `payload` is JSON. How many channels it went on.
/// Errors of `announcements`.
Result<std::size_t> announce_event(
    Announcements& announcements,
    const EventRow& type,
    const EventId& id,
    std::string payload,
    Timestamp now
);

}  // namespace orderpush::usecases
