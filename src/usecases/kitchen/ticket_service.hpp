#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/staff_store.hpp"
#include "core/orders/order.hpp"
#include "core/orders/order_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "usecases/orders/order_changer.hpp"

#include <functional>
#include <optional>

namespace orderpush::usecases {

/// What is to become of a ticket; at least one of the first three.
struct TicketPatch {
    std::optional<StationId> station = {};
    std::optional<Priority> priority = {};
    std::optional<TicketStatus> status = {};
    /// Who takes it, where `status` is acknowledged: the caller if empty, whom an API client must
    /// name.
    std::optional<StaffId> chef = {};
    WantedVersions versions = {};
};

struct TicketServiceDependencies {
    OrderStore& orders;
    MenuStore& menus;
    StaffStore& staff;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// The kitchen's work on tickets; lines and orders follow. Any thread; blocks on the stores.
///
/// Each answers with the ticket as it is then, and can refuse with kNotFound "ticket_not_found",
/// kForbidden, kConflict "status_conflict" with the fact `currentStatus`, and kConflict
/// "busy".
class TicketService {
  public:
    explicit TicketService(const TicketServiceDependencies& dependencies)
        : deps_(dependencies),
          changer_(
              {.orders = deps_.orders,
               .signal = deps_.signal,
               .ids = deps_.ids,
               .clock = deps_.clock}
          ) {}

    Result<TicketView> find(const Caller& caller, const TicketId& id);
    /// Station, priority, status: in this order, in one transaction. kInvalid names the field;
    /// kPreconditionFailed "version_mismatch"; kConflict "ticket_held".
    Result<TicketView> patch(const Caller& caller, const TicketId& id, const TicketPatch& patch);
    /// Off the display: completed. kConflict "ticket_held".
    Result<TicketView> bump(const Caller& caller, const TicketId& id);
    /// One step back.
    Result<TicketView> recall(const Caller& caller, const TicketId& id);
    Result<TicketView> hold(const Caller& caller, const TicketId& id);
    Result<TicketView> fire(const Caller& caller, const TicketId& id);
    Result<TicketView> rush(const Caller& caller, const TicketId& id);

  private:
    using Decide = std::function<Result<Order>(const Order& before, Timestamp at)>;

    Result<TicketView> change(
        const Caller& caller, const TicketId& id, bool is_cancellation, const Decide& decide
    );
    Result<Order> patched(
        const Caller& caller,
        Order order,
        const TicketId& id,
        const TicketPatch& patch,
        Timestamp at
    );
    Result<Station> station_of(const BranchId& branch, const StationId& id);
    Result<Chef> chef_of(
        const Caller& caller, const BranchId& branch, const std::optional<StaffId>& named
    );

    TicketServiceDependencies deps_;
    OrderChanger changer_;
};

}  // namespace orderpush::usecases
