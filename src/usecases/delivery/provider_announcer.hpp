#pragma once

#include "base/crypto/uuid.hpp"
#include "core/delivery/announcements.hpp"

#include <string_view>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

/// Announces to clients that events come through another provider from now on, by
/// realtime:provider_changed on the kitchen, waiters and menu channels of the branches at work:
/// staff listen to those anyway, guests to the menu's channel. At most 1,000 branches; clients of
/// others find out from GET /v1/realtime.
class ProviderAnnouncer {
  public:
    ProviderAnnouncer(Announcements& announcements, IdSource& ids, const Clock& clock)
        : announcements_(announcements), ids_(ids), clock_(clock) {}

    /// Whether it is recorded; if not, it is to be tried again. Blocks on the store.
    bool announce(std::string_view previous, std::string_view current);

  private:
    Announcements& announcements_;
    IdSource& ids_;
    const Clock& clock_;
};

}  // namespace orderpush::usecases
