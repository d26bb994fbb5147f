#include "usecases/delivery/provider_announcer.hpp"

#include "base/observability/log.hpp"
#include "usecases/events/event_table.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

constexpr int kBranchesMax = 1'000;

}  // namespace

bool ProviderAnnouncer::tell(std::string_view previous, std::string_view current) {
    const nlohmann::ordered_json payload{{"provider", current}, {"previousProvider", previous}};
    const Event event{
        .id = ids_.make<EventId>(),
        .name = std::string{kProviderChanged},
        .payload = payload.dump(),
        .occurred_at = clock_.now(),
        .channels = {}};
    const auto told =
        announcements_.announce(event, event_row(kProviderChanged).audiences, kBranchesMax);
    if (!told) {
        log::warn(
            "provider_change_untold",
            {{"reason", told.error().code}, {"detail", told.error().detail}}
        );
        return false;
    }
    log::info("provider_change_told", {{"provider", current}, {"channels", *told}});
    return true;
}

}  // namespace orderpush::usecases
