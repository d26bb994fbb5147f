#include "protocol/pusher_presence.hpp"

#include "protocol/pusher_names.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::protocol {
namespace {

/// {"user_id", "user_info"} and the like. Signed and sent as this very text; `member.info` is a
/// JSON object and goes in as it is.
std::string described(const char* id_name, const PresenceMember& member) {
    return std::string{"{\""} + id_name + "\":" + nlohmann::json(member.id).dump() +
           R"(,"user_info":)" + member.info + '}';
}

Error socket_id_invalid() {
    return {
        .kind = ErrorKind::kInvalid,
        .code = "socket_id_invalid",
        .message = "The socket id is malformed"};
}

}  // namespace

Result<ChannelGrant> grant_pusher_channel(
    const PusherApp& app,
    std::string_view socket_id,
    const Channel& channel,
    const ChannelJoiner& joiner
) {
    if (!is_socket_id(socket_id)) {
        return socket_id_invalid();
    }
    ChannelGrant grant;
    if (channel.kind() == ChannelKind::kPresence) {
        grant.channel_data = described("user_id", joiner.member);
    }
    const std::string text =
        channel_string_to_sign(socket_id, to_pusher_name(channel), grant.channel_data.value_or(""));
    grant.auth =
        joiner.session ? sign_guest_auth(app, text, *joiner.session) : sign_pusher_auth(app, text);
    return grant;
}

Result<UserGrant> grant_pusher_user(
    const PusherApp& app, std::string_view socket_id, const PresenceMember& member
) {
    if (!is_socket_id(socket_id)) {
        return socket_id_invalid();
    }
    if (!is_pusher_channel_name(member.id)) {
        return Error{
            .kind = ErrorKind::kInvalid,
            .code = "user_id_invalid",
            .message =
                "This caller cannot be signed in: its id has other characters than "
                "A-Za-z0-9_-=@,.;"};
    }
    std::string user_data = described("id", member);
    std::string auth = sign_pusher_auth(app, user_string_to_sign(socket_id, user_data));
    return UserGrant{.auth = std::move(auth), .user_data = std::move(user_data)};
}

}  // namespace orderpush::protocol
