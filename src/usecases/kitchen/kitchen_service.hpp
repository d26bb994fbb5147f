#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/access/caller.hpp"
#include "core/kitchen/kitchen_store.hpp"
#include "core/restaurant/menu_store.hpp"

#include <optional>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct TicketQuery {
    /// Staff's own branch if empty; API clients must name one.
    std::optional<BranchId> branch = {};
    std::optional<TicketStatus> status = {};
    std::optional<StationId> station = {};
    std::optional<TicketId> after = {};
    int limit = 50;
};

struct TicketPage {
    std::vector<TicketView> tickets;
    /// Pass as `after` to go on; nothing at the end.
    std::optional<TicketId> next;
};

struct Board {
    /// When it was read, at the latest.
    Timestamp as_of;
    KitchenBoard content;
};

/// Shows what a kitchen has to do, to whoever works in the branch. Any thread; blocks on the
/// stores. Each member answers kNotFound "branch_not_found" and kForbidden as authorize() has them.
class KitchenService {
  public:
    KitchenService(KitchenStore& kitchen, MenuStore& menus, const Clock& clock)
        : kitchen_(kitchen), menus_(menus), clock_(clock) {}

    /// kInvalid names the field.
    Result<TicketPage> list_tickets(const Caller& caller, const TicketQuery& query);
    /// With the positions of those channels of the branch that the caller may join. kNotFound
    /// "station_not_found" for a station that the branch does not have.
    Result<Board> board(
        const Caller& caller, const BranchId& branch, const std::optional<StationId>& station
    );
    Result<std::vector<OpenQuantity>> open_quantities(
        const Caller& caller, const BranchId& branch, const std::optional<StationId>& station
    );
    Result<KitchenStats> stats(const Caller& caller, const BranchId& branch);

  private:
    Result<void> check(const Caller& caller, const BranchId& branch);

    KitchenStore& kitchen_;
    MenuStore& menus_;
    const Clock& clock_;
};

}  // namespace orderpush::usecases
