#include "usecases/kitchen/ticket_service.hpp"

#include "core/orders/order_changes.hpp"
#include "usecases/json/order_json.hpp"

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

Result<void> validate(const TicketPatch& patch) {
    if (!patch.station && !patch.priority && !patch.status) {
        return invalid_fields({{"body", "must have at least one of status, priority and stationId"}}
        );
    }
    if (patch.chef && patch.status != TicketStatus::kAcknowledged) {
        return invalid_fields({{"chefId", "is only for the status acknowledged"}});
    }
    return {};
}

}  // namespace

Result<TicketView> TicketService::find(const Caller& caller, const TicketId& id) {
    const auto order = ORDERPUSH_TRY(deps_.orders.find_by_ticket(id));
    ORDERPUSH_TRY(authorize(caller, Action::kReadTicket, scope_of(order)));
    return view_in(order, id);
}

Result<CreatedResponse> TicketService::patch(
    const Caller& caller, const TicketId& id, const TicketPatch& patch, const Key& key
) {
    ORDERPUSH_TRY(validate(patch));
    const bool is_cancellation = patch.status == TicketStatus::kCancelled;
    return change(
        caller,
        id,
        is_cancellation,
        key,
        [&](const Order& before, Timestamp at) -> Result<Order> {
            const std::int64_t version = ticket_in(before, id).version;
            ORDERPUSH_TRY(check_version(patch.versions, version));
            return patched(caller, before, id, patch, at);
        }
    );
}

Result<CreatedResponse> TicketService::bump(
    const Caller& caller, const TicketId& id, const Key& key
) {
    return change(caller, id, false, key, [&](const Order& before, Timestamp at) {
        return move_ticket(before, id, TicketStatus::kCompleted, std::nullopt, at);
    });
}

Result<CreatedResponse> TicketService::recall(
    const Caller& caller, const TicketId& id, const Key& key
) {
    const std::string name = name_of(caller);
    std::optional<TicketStatus> asked_in;
    return change(caller, id, false, key, [&](const Order& before, Timestamp at) -> Result<Order> {
        const Ticket& ticket = ticket_in(before, id);
        const bool has_moved = asked_in && *asked_in != ticket.status;
        asked_in = ticket.status;
        const auto& last = ticket.last_recall;
        const bool is_echo = last && last->by != name && at < last->at + kRecallEcho;
        if (has_moved || is_echo) {
            return before;
        }
        Order after = ORDERPUSH_TRY(recall_ticket(before, id, at));
        std::ranges::find(after.tickets, id, &Ticket::id)->last_recall =
            Recall{.by = name, .at = at};
        return after;
    });
}

Result<CreatedResponse> TicketService::hold(
    const Caller& caller, const TicketId& id, const Key& key
) {
    return change(caller, id, false, key, [&](const Order& before, Timestamp) {
        return hold_ticket(before, id);
    });
}

Result<CreatedResponse> TicketService::fire(
    const Caller& caller, const TicketId& id, const Key& key
) {
    return change(caller, id, false, key, [&](const Order& before, Timestamp) {
        return fire_ticket(before, id);
    });
}

Result<CreatedResponse> TicketService::rush(
    const Caller& caller, const TicketId& id, const Key& key
) {
    return change(caller, id, false, key, [&](const Order& before, Timestamp) {
        return rush_ticket(before, id);
    });
}

Result<CreatedResponse> TicketService::change(
    const Caller& caller,
    const TicketId& id,
    bool is_cancellation,
    const Key& idempotency,
    const OrderChanger::Decide& decide
) {
    constexpr int kOk = 200;
    const auto document = [&](const Order& order) { return ticket_json(view_in(order, id)); };
    return deps_.guard.run(
        restaurant_of(caller),
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) -> Result<CreatedResponse> {
            const Order after = ORDERPUSH_TRY(changer_.change(
                {.caller = caller,
                 .target = id,
                 .move = Action::kMoveTicket,
                 .is_cancellation = is_cancellation,
                 .note = {.reason = kAllItemsCancelled},
                 .key = key,
                 .document = document,
                 .status = kOk},
                decide
            ));
            return CreatedResponse{
                .id = to_string(id),
                .version = ticket_in(after, id).version,
                .body = document(after),
                .status = kOk};
        }
    );
}

Result<Order> TicketService::patched(
    const Caller& caller, Order order, const TicketId& id, const TicketPatch& patch, Timestamp at
) {
    if (patch.station) {
        const auto station = ORDERPUSH_TRY(station_of(order.branch, *patch.station));
        order = ORDERPUSH_TRY(move_to_station(std::move(order), id, station));
    }
    if (patch.priority) {
        order = ORDERPUSH_TRY(set_priority(std::move(order), id, *patch.priority));
    }
    if (!patch.status) {
        return order;
    }
    std::optional<Chef> chef;
    if (patch.status == TicketStatus::kAcknowledged) {
        chef = ORDERPUSH_TRY(chef_of(caller, order.branch, patch.chef));
    }
    return move_ticket(std::move(order), id, *patch.status, chef, at);
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
    auto found = deps_.staff.find(*named);
    const bool is_missing = !found && found.error().kind == ErrorKind::kNotFound;
    if (is_missing || (found && found->branch != branch)) {
        return invalid_fields({{"chefId", "is not a member of this branch's staff"}});
    }
    const Staff staff = ORDERPUSH_TRY(std::move(found));
    return Chef{.id = staff.id, .name = staff.name};
}

}  // namespace orderpush::usecases
