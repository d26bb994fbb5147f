#include "app/channel_joiner.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::app {

ChannelJoiner joiner_of(const Caller& caller) {
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        nlohmann::ordered_json info{{"name", staff->name}, {"role", to_word(staff->role)}};
        if (staff->station) {
            info["station"] = to_string(*staff->station);
        }
        return {.member = {.id = "staff-" + to_string(staff->id), .info = info.dump()}};
    }
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        nlohmann::ordered_json info = nlohmann::ordered_json::object();
        if (guest->name) {
            info["name"] = *guest->name;
        }
        return {
            .member = {.id = "guest-" + guest->device_id, .info = info.dump()},
            .session = guest->session};
    }
    return {};
}

}  // namespace orderpush::app
