#include "usecases/access/kitchen_socket_auth.hpp"

#include "core/access/policy.hpp"
#include "usecases/access/channel_joiner.hpp"

#include <utility>

namespace orderpush::usecases {

Result<AdmittedDisplay> admit_display(
    const Authenticator& authenticator, const std::string& token
) {
    if (token.empty()) {
        return Error{
            .kind = ErrorKind::kUnauthenticated,
            .code = "credential_missing",
            .message = "Send a staff token as the query parameter `token`."};
    }
    const auto staff = ORDERPUSH_TRY(authenticator.authenticate_staff(token));
    const Scope kitchen{.restaurant = staff.restaurant, .branch = staff.branch};
    ORDERPUSH_TRY(authorize(staff, Action::kJoinKitchen, kitchen));
    auto joiner = joiner_of(staff);
    return AdmittedDisplay{
        .channel = Channel::kitchen(staff.branch),
        .member = std::move(joiner.member),
        .login = joiner.session};
}

}  // namespace orderpush::usecases
