#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/staff_store.hpp"
#include "core/orders/order.hpp"
#include "core/orders/order_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/orders/order_changer.hpp"

#include <chrono>
#include <optional>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

/// What is to become of a ticket; at least one of the first three.
struct TicketPatch {
    std::optional<StationId> station = {};
    std::optional<Priority> priority = {};
    std::optional<TicketStatus> status = {};
    /// Who takes it, where `status` is acknowledged: the caller if empty, whom an API client must
    /// name.
    std::optional<StaffId> chef = {};
    ExpectedVersions versions = {};
};

struct TicketServiceDependencies {
    OrderStore& orders;
    IdempotencyGuard& guard;
    MenuStore& menus;
    StaffStore& staff;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// The kitchen's work on tickets; lines and orders follow. Any thread; blocks on the stores.
///
/// Each answers with the ticket's document as it is then, does nothing twice for a key, and can
/// refuse with kNotFound "ticket_not_found",
/// kForbidden, kConflict "status_conflict" with the fact `currentStatus`, and kConflict "busy".
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

    using Key = std::optional<Idempotency>;

    Result<TicketView> find(const Caller& caller, const TicketId& id);
    /// Station, priority, status: in this order, in one transaction. kInvalid names the field;
    /// kPreconditionFailed "version_mismatch"; kConflict "ticket_held".
    Result<CreatedResponse> patch(
        const Caller& caller, const TicketId& id, const TicketPatch& patch, const Key& key = {}
    );
    /// Off the display: completed. kConflict "ticket_held".
    Result<CreatedResponse> bump(const Caller& caller, const TicketId& id, const Key& key = {});
    /// One step back. Two who press it at once mean the same step: what another one recalled within
    /// kRecallEcho, and what was recalled while this was being decided, stays where it is.
    Result<CreatedResponse> recall(const Caller& caller, const TicketId& id, const Key& key = {});
    Result<CreatedResponse> hold(const Caller& caller, const TicketId& id, const Key& key = {});
    Result<CreatedResponse> fire(const Caller& caller, const TicketId& id, const Key& key = {});
    Result<CreatedResponse> rush(const Caller& caller, const TicketId& id, const Key& key = {});

    static constexpr std::chrono::seconds kRecallEcho{3};

  private:
    Result<CreatedResponse> change(
        const Caller& caller,
        const TicketId& id,
        bool is_cancellation,
        const Key& idempotency,
        const OrderChanger::Decide& decide
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
