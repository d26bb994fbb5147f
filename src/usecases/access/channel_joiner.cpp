#include "usecases/access/channel_joiner.hpp"

#include "base/crypto/crypto.hpp"
#include "usecases/access/ended_logins.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

std::vector<Channel> channels_of(const StaffMember& staff) {
    std::vector<Channel> channels;
    if (staff.role != Role::kWaiter) {
        channels.push_back(Channel::kitchen(staff.branch));
    }
    if (staff.role != Role::kKitchen) {
        channels.push_back(Channel::waiters(staff.branch));
    }
    channels.push_back(Channel::tables(staff.branch));
    channels.push_back(Channel::menu(staff.branch));
    return channels;
}

}  // namespace

std::string guest_user_id(const Guest& guest) {
    constexpr std::size_t kDigits = 32;
    return "guest-" +
           sha256_hex(to_string(guest.session) + '\n' + guest.device_id).substr(0, kDigits);
}

ChannelJoiner joiner_of(const Caller& caller) {
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        nlohmann::ordered_json info{{"name", staff->name}, {"role", to_string(staff->role)}};
        if (staff->station) {
            info["station"] = to_string(*staff->station);
        }
        return {
            .member = {.id = "staff-" + to_string(staff->id), .info = info.dump()},
            .session = login_session(staff->id, staff->token_version)};
    }
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        nlohmann::ordered_json info = nlohmann::ordered_json::object();
        if (guest->name) {
            info["name"] = *guest->name;
        }
        return {
            .member = {.id = guest_user_id(*guest), .info = info.dump()},
            .session = guest->session};
    }
    return {};
}

std::vector<Channel> usual_channels(const Caller& caller) {
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        return channels_of(*staff);
    }
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        return {
            Channel::session(guest->session),
            Channel::table(guest->table),
            Channel::menu(guest->branch)};
    }
    return {};
}

bool outlives_session(const Caller& caller, const Channel& channel) {
    return std::holds_alternative<Guest>(caller) && channel.audience() == Audience::kTable;
}

}  // namespace orderpush::usecases
