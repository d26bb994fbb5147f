#include "core/restaurant/restaurant.hpp"

#include "core/enum_names.hpp"

#include <array>
#include <string_view>

namespace orderpush {
namespace {

constexpr std::array<std::string_view, 4> kRoleNames{"KITCHEN", "WAITER", "MANAGER", "ADMIN"};
constexpr std::array<std::string_view, 3> kCloseSessionsNames{"served", "settled", "manual"};
constexpr std::array<std::string_view, 3> kTableStateNames{"free", "occupied", "needs-cleaning"};

}  // namespace

std::string_view to_string(CloseSessions rule) noexcept {
    return kCloseSessionsNames[static_cast<std::size_t>(rule)];
}

std::optional<CloseSessions> parse_close_sessions(std::string_view word) {
    return value_of<CloseSessions>(kCloseSessionsNames, word);
}

std::string_view to_string(SessionEnd reason) noexcept {
    return reason == SessionEnd::kSettled ? "settled" : "staff";
}

std::string_view to_string(TableState state) noexcept {
    return kTableStateNames[static_cast<std::size_t>(state)];
}

std::optional<TableState> parse_table_state(std::string_view word) {
    return value_of<TableState>(kTableStateNames, word);
}

std::string_view to_string(Role role) noexcept {
    return kRoleNames[static_cast<std::size_t>(role)];
}

std::optional<Role> parse_role(std::string_view word) {
    return value_of<Role>(kRoleNames, word);
}

}  // namespace orderpush
