#include "usecases/delivery/provider_announcer.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "usecases/delivery/announce_event.hpp"
#include "usecases/events/event_types.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::usecases {

bool ProviderAnnouncer::announce(std::string_view previous, std::string_view current) {
    const nlohmann::ordered_json payload{{"provider", current}, {"previousProvider", previous}};
    const auto announced = announce_event(
        announcements_,
        event_type::kProviderChanged,
        ids_.make<EventId>(),
        payload.dump(),
        clock_.now()
    );
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
