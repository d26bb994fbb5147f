#include "adapters/builtin/builtin_authorizer.hpp"

#include "protocol/pusher_names.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::adapters {
namespace {

/// Signed and sent as this very text; the info goes in as it is.
std::string channel_data_of(const PresenceMember& member) {
    return R"({"user_id":)" + nlohmann::json(member.id).dump() + R"(,"user_info":)" + member.info +
           '}';
}

}  // namespace

std::optional<Channel> BuiltinAuthorizer::channel_of(std::string_view provider_name) const {
    return protocol::from_pusher_name(provider_name);
}

std::string BuiltinAuthorizer::provider_name(const Channel& channel) const {
    return protocol::to_pusher_name(channel);
}

Result<ChannelGrant> BuiltinAuthorizer::grant(
    std::string_view socket_id, const Channel& channel, const ChannelJoiner& joiner
) const {
    if (!protocol::is_socket_id(socket_id)) {
        return Error{
            .code = ErrorCode::kInvalid,
            .reason = "socket_id_invalid",
            .message = "The socket id is malformed"};
    }
    ChannelGrant grant;
    if (channel.kind() == ChannelKind::kPresence) {
        grant.channel_data = channel_data_of(joiner.member);
    }
    const std::string text = protocol::channel_string_to_sign(
        socket_id, protocol::to_pusher_name(channel), grant.channel_data.value_or("")
    );
    grant.auth = joiner.session ? protocol::sign_guest_auth(app_, text, *joiner.session)
                                : protocol::sign_pusher_auth(app_, text);
    return grant;
}

}  // namespace orderpush::adapters
