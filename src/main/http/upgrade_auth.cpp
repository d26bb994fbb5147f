#include "main/http/upgrade_auth.hpp"

#include "realtime/kitchen_display/kitchen_display_protocol.hpp"
#include "usecases/access/kitchen_socket_auth.hpp"

#include <string>
#include <utility>

namespace orderpush {

Result<void> authorize_upgrade(
    const usecases::Authenticator& authenticator, realtime::UpgradeRequest& request
) {
    if (request.path != realtime::kKitchenDisplayPath) {
        return {};
    }
    const std::string token{request.parameter("token").value_or("")};
    auto display = ORDERPUSH_TRY(usecases::admit_display(authenticator, token));
    request.query.clear();  // the token has served
    request.pass = realtime::Pass{
        .channel = display.channel.name(),
        .member = {.user_id = std::move(display.member.id), .info = std::move(display.member.info)},
        .session = display.login};
    return {};
}

}  // namespace orderpush
