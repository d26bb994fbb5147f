#include "app/menu_service.hpp"

namespace orderpush::app {

Result<Menu> MenuService::find(const BranchId& branch_id) {
    auto branch = menus_.find_branch(branch_id);
    if (!branch) {
        return std::move(branch).error();
    }
    auto items = menus_.list(branch_id);
    if (!items) {
        return std::move(items).error();
    }
    return Menu{.branch = std::move(*branch), .items = std::move(*items)};
}

}  // namespace orderpush::app
