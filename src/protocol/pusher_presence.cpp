#include "protocol/pusher_presence.hpp"

#include "protocol/pusher_names.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::protocol {
namespace {

std::string described(const char* id_name, const PresenceMember& member) {
    return std::string{"{\""} + id_name + "\":" + nlohmann::json(member.id).dump() +
           R"(,"user_info":)" + member.info + '}';
}

}  // namespace

Error socket_id_invalid() {
    return {
        .code = ErrorCode::kInvalid,
        .reason = "socket_id_invalid",
        .message = "The socket id is malformed"};
}

std::string pusher_channel_data(const PresenceMember& member) {
    return described("user_id", member);
}

Result<UserGrant> grant_pusher_user(
    const PusherApp& app, std::string_view socket_id, const PresenceMember& member
) {
    if (!is_socket_id(socket_id)) {
        return socket_id_invalid();
    }
    if (!is_pusher_channel_name(member.id)) {
        return Error{
            .code = ErrorCode::kInvalid,
            .reason = "user_id_invalid",
            .message =
                "This caller cannot be signed in: its id has other characters than "
                "A-Za-z0-9_-=@,.;"};
    }
    std::string user_data = described("id", member);
    std::string text{socket_id};
    text += "::user::" + user_data;
    return UserGrant{.auth = sign_pusher_auth(app, text), .user_data = std::move(user_data)};
}

}  // namespace orderpush::protocol
