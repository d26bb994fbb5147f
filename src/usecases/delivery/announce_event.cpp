#include "usecases/delivery/announce_event.hpp"

#include "usecases/events/event_table.hpp"

#include <utility>

namespace orderpush::usecases {
namespace {

constexpr int kBranchesMax = 1'000;

}  // namespace

Result<std::size_t> announce_event(
    Announcements& announcements,
    const EventRow& type,
    const EventId& id,
    std::string payload,
    Timestamp now
) {
    const Event event{
        .id = id,
        .name = std::string{type.name},
        .payload = std::move(payload),
        .occurred_at = now,
        .channels = {}};
    return announcements.announce(event, type.audiences, kBranchesMax);
}

}  // namespace orderpush::usecases
