#include "usecases/kitchen/kitchen_service.hpp"

#include "base/clock.hpp"
#include "core/access/policy.hpp"
#include "usecases/access/branch_access.hpp"

#include <string>

namespace orderpush::usecases {
Result<TicketPage> KitchenService::list_tickets(const Caller& caller, const TicketQuery& query) {
    constexpr int kLimitMax = 200;
    if (query.limit < 1 || query.limit > kLimitMax) {
        return invalid_fields({{"limit", "must be 1 to " + std::to_string(kLimitMax)}});
    }
    auto branch = query.branch;
    if (const auto* staff = std::get_if<StaffMember>(&caller); staff != nullptr && !branch) {
        branch = staff->branch;
    }
    if (const auto* guest = std::get_if<Guest>(&caller); guest != nullptr && !branch) {
        branch = guest->branch;
    }
    if (!branch) {
        return invalid_fields({{"branchId", "is required"}});
    }
    ORDERPUSH_TRY(check(caller, *branch));
    auto tickets = ORDERPUSH_TRY(kitchen_.list_tickets(
        {.branch = *branch,
         .status = query.status,
         .station = query.station,
         .after = query.after,
         .limit = query.limit + 1}
    ));
    TicketPage page{.tickets = std::move(tickets), .next = {}};
    if (page.tickets.size() > static_cast<std::size_t>(query.limit)) {
        page.tickets.resize(static_cast<std::size_t>(query.limit));
        page.next = page.tickets.back().ticket.id;
    }
    return page;
}

Result<Board> KitchenService::board(
    const Caller& caller, const BranchId& branch, const std::optional<StationId>& station
) {
    ORDERPUSH_TRY(check(caller, branch));
    auto content =
        ORDERPUSH_TRY(kitchen_.board(branch, station, joinable_channels(caller, branch)));
    if (station && content.stations.empty()) {
        return Error{
            .kind = ErrorKind::kNotFound,
            .code = "station_not_found",
            .message = "There is no such station."};
    }
    return Board{.as_of = clock_.now(), .content = std::move(content)};
}

Result<std::vector<OpenQuantity>> KitchenService::open_quantities(
    const Caller& caller, const BranchId& branch, const std::optional<StationId>& station
) {
    ORDERPUSH_TRY(check(caller, branch));
    return kitchen_.open_quantities(branch, station);
}

Result<KitchenStats> KitchenService::stats(const Caller& caller, const BranchId& branch) {
    ORDERPUSH_TRY(check(caller, branch));
    return kitchen_.count_open(branch);
}

Result<void> KitchenService::check(const Caller& caller, const BranchId& branch) {
    const auto* staff = std::get_if<StaffMember>(&caller);
    if (staff != nullptr && staff->branch == branch) {
        // The token says it.
        return authorize(
            caller, Action::kReadKitchen, {.restaurant = staff->restaurant, .branch = branch}
        );
    }
    const auto found = find_allowed_branch(menus_, caller, Action::kReadKitchen, branch);
    return found ? Result<void>{} : found.error();
}

}  // namespace orderpush::usecases
