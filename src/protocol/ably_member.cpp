#include "protocol/ably_member.hpp"

#include "base/crypto/uuid.hpp"
#include "core/restaurant/restaurant.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::protocol {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kNameBytesMax = 400;

std::string string_field(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

std::optional<std::string> ably_member_info(std::string_view data) {
    Json given = Json::parse(data, nullptr, false);
    if (given.is_string()) {
        given = Json::parse(given.get<std::string>(), nullptr, false);
    }
    if (!given.is_object()) {
        return std::nullopt;
    }
    Json info = Json::object();
    if (auto name = string_field(given, "name"); !name.empty() && name.size() <= kNameBytesMax) {
        info["name"] = std::move(name);
    }
    if (const auto role = parse_role(string_field(given, "role"))) {
        info["role"] = to_string(*role);
    }
    if (auto station = string_field(given, "station"); parse_uuid(station)) {
        info["station"] = std::move(station);
    }
    return info.empty() ? std::nullopt : std::optional{info.dump()};
}

}  // namespace orderpush::protocol
