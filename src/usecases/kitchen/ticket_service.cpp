#include "usecases/kitchen/ticket_service.hpp"

#include "core/orders/order_changes.hpp"

#include <algorithm>

namespace orderpush::usecases {
namespace {

/// Requires that the order has it: it was found by it.
const Ticket& ticket_in(const Order& order, const TicketId& id) {
    return *std::ranges::find(order.tickets, id, &Ticket::id);
}

TicketView view_in(const Order& order, const TicketId& id) {
    return view_of(order, ticket_in(order, id));
}

std::vector<FieldError> faults_of(const TicketPatch& patch) {
    if (!patch.station && !patch.priority && !patch.status) {
        return {{"body", "must have at least one of status, priority and stationId"}};
    }
    if (patch.chef && patch.status != TicketStatus::kAcknowledged) {
        return {{"chefId", "is only for the status acknowledged"}};
    }
    return {};
}

}  // namespace

Result<TicketView> TicketService::find(const Caller& caller, const TicketId& id) {
    const auto order = ORDERPUSH_TRY(deps_.orders.find_by_ticket(id));
    ORDERPUSH_TRY(authorize(caller, Action::kReadTicket, scope_of(order)));
    return view_in(order, id);
}

Result<TicketView> TicketService::patch(
    const Caller& caller, const TicketId& id, const TicketPatch& patch
) {
    if (auto faults = faults_of(patch); !faults.empty()) {
        return invalid_fields(std::move(faults));
    }
    const bool is_cancellation = patch.status == TicketStatus::kCancelled;
    return change(
        caller,
        id,
        is_cancellation,
        [&](const Order& before, Timestamp at) -> Result<Order> {
            const std::int64_t version = ticket_in(before, id).version;
            ORDERPUSH_TRY(check_version(patch.versions, version));
            return patched(caller, before, id, patch, at);
        }
    );
}

Result<TicketView> TicketService::bump(const Caller& caller, const TicketId& id) {
    return change(caller, id, false, [&](const Order& before, Timestamp at) {
        return move_ticket(before, id, TicketStatus::kCompleted, std::nullopt, at);
    });
}

Result<TicketView> TicketService::recall(const Caller& caller, const TicketId& id) {
    return change(caller, id, false, [&](const Order& before, Timestamp at) {
        return recall_ticket(before, id, at);
    });
}

Result<TicketView> TicketService::hold(const Caller& caller, const TicketId& id) {
    return change(caller, id, false, [&](const Order& before, Timestamp) {
        return hold_ticket(before, id);
    });
}

Result<TicketView> TicketService::fire(const Caller& caller, const TicketId& id) {
    return change(caller, id, false, [&](const Order& before, Timestamp) {
        return fire_ticket(before, id);
    });
}

Result<TicketView> TicketService::rush(const Caller& caller, const TicketId& id) {
    return change(caller, id, false, [&](const Order& before, Timestamp) {
        return rush_ticket(before, id);
    });
}

Result<TicketView> TicketService::change(
    const Caller& caller, const TicketId& id, bool is_cancellation, const Decide& decide
) {
    const auto load = [&]() -> Result<Order> {
        auto order = deps_.orders.find_by_ticket(id);
        if (!order) {
            return order;
        }
        // Whoever may not move a ticket of another restaurant must not learn that it exists.
        ORDERPUSH_TRY(authorize(caller, Action::kMoveTicket, scope_of(*order)));
        return order;
    };
    const auto after = ORDERPUSH_TRY(changer_.change(
        load,
        [&](const Order& before, Timestamp at) -> Result<DecidedChange> {
            if (const auto allowed =
                    authorize_move(caller, Action::kMoveTicket, before, is_cancellation);
                !allowed) {
                return allowed.error();
            }
            auto decided = ORDERPUSH_TRY(decide(before, at));
            return DecidedChange{
                .after = std::move(decided), .note = {.reason = kAllItemsCancelled}};
        }
    ));
    return view_in(after, id);
}

Result<Order> TicketService::patched(
    const Caller& caller, Order order, const TicketId& id, const TicketPatch& patch, Timestamp at
) {
    Result<Order> after{std::move(order)};
    if (patch.station) {
        const auto station = ORDERPUSH_TRY(station_of(after->branch, *patch.station));
        after = move_to_station(std::move(*after), id, station);
    }
    if (after && patch.priority) {
        after = set_priority(std::move(*after), id, *patch.priority);
    }
    if (!after || !patch.status) {
        return after;
    }
    std::optional<Chef> chef;
    if (patch.status == TicketStatus::kAcknowledged) {
        auto taker = ORDERPUSH_TRY(chef_of(caller, after->branch, patch.chef));
        chef = std::move(taker);
    }
    return move_ticket(std::move(*after), id, *patch.status, chef, at);
}

Result<Station> TicketService::station_of(const BranchId& branch, const StationId& id) {
    auto station = deps_.menus.find_station(branch, id);
    if (!station && station.error().kind == ErrorKind::kNotFound) {
        return invalid_fields({{"stationId", "is not a station of this branch"}});
    }
    return station;
}

Result<Chef> TicketService::chef_of(
    const Caller& caller, const BranchId& branch, const std::optional<StaffId>& named
) {
    const auto* member = std::get_if<StaffMember>(&caller);
    if (!named && member != nullptr) {
        return Chef{.id = member->id, .name = member->name};
    }
    if (!named) {
        return invalid_fields({{"chefId", "is required"}});
    }
    auto staff = deps_.staff.find(*named);
    const bool is_missing = !staff && staff.error().kind == ErrorKind::kNotFound;
    if (is_missing || (staff && staff->branch != branch)) {
        return invalid_fields({{"chefId", "is not a member of this branch's staff"}});
    }
    if (!staff) {
        return std::move(staff).error();
    }
    return Chef{.id = staff->id, .name = staff->name};
}

}  // namespace orderpush::usecases
