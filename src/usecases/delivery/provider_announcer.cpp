#include "usecases/delivery/provider_announcer.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "usecases/events/event_types.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

constexpr int kBranchesMax = 1'000;

}  // namespace

bool ProviderAnnouncer::announce(std::string_view previous, std::string_view current) {
    const EventRow& type = event_type::kProviderChanged;
    const nlohmann::ordered_json payload{{"provider", current}, {"previousProvider", previous}};
    const Event event{
        .id = ids_.make<EventId>(),
        .name = std::string{type.name},
        .payload = payload.dump(),
        .occurred_at = clock_.now(),
        .channels = {}};
    const auto announced = announcements_.announce(event, type.audiences, kBranchesMax);
    if (!announced) {
        const Error& error = announced.error();
        log::warn(
            "provider_announcement_failed", {{"reason", error.code}, {"detail", error.detail}}
        );
        return false;
    }
    log::info("provider_announced", {{"provider", current}, {"channels", *announced}});
    return true;
}

}  // namespace orderpush::usecases
