#include "core/restaurant/restaurant.hpp"

#include "core/enum_names.hpp"

#include <array>
#include <string_view>

namespace orderpush {
namespace {

constexpr std::array<std::string_view, 4> kRoleWords{"KITCHEN", "WAITER", "MANAGER", "ADMIN"};
constexpr std::array<std::string_view, 3> kTableStateWords{"free", "occupied", "needs-cleaning"};

}  // namespace

std::string_view to_word(TableState state) noexcept {
    return kTableStateWords[static_cast<std::size_t>(state)];
}

std::optional<TableState> parse_table_state(std::string_view word) {
    return value_of<TableState>(kTableStateWords, word);
}

std::string_view to_word(Role role) noexcept {
    return kRoleWords[static_cast<std::size_t>(role)];
}

std::optional<Role> parse_role(std::string_view word) {
    return value_of<Role>(kRoleWords, word);
}

}  // namespace orderpush
