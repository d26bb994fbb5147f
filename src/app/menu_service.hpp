#pragma once

#include "base/result.hpp"
#include "core/menu_store.hpp"

#include <vector>

namespace orderpush::app {

struct Menu {
    Branch branch;
    std::vector<MenuItem> items;
};

/// The menu, for anyone. Any thread; blocks on the store.
class MenuService {
  public:
    explicit MenuService(MenuStore& menus) : menus_(menus) {}

    /// kNotFound for an unknown branch.
    Result<Menu> find(const BranchId& branch);

  private:
    MenuStore& menus_;
};

}  // namespace orderpush::app
