#include "app/delivery_service.hpp"

#include "core/policy.hpp"

#include <algorithm>

namespace orderpush::app {
namespace {

/// What of the restaurant's is this caller's; the policy decides whether it may act on it.
Result<DeliveryOwner> owner_for(const Caller& caller, Action action) {
    DeliveryOwner owner{.restaurant = restaurant_of(caller)};
    Scope scope{.restaurant = owner.restaurant, .branch = {}};
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        scope.branch = staff->branch;
        if (staff->role != Role::kAdmin) {
            owner.branch = staff->branch;
        }
    } else if (const auto* guest = std::get_if<Guest>(&caller)) {
        scope.branch = guest->branch;
        scope.session = guest->session;
    }
    if (auto allowed = authorize(caller, action, scope); !allowed) {
        return std::move(allowed).error();
    }
    return owner;
}

}  // namespace

Result<DeliveryPage> DeliveryService::list(const Caller& caller, const DeliveryQuery& query) {
    const auto owner = owner_for(caller, Action::kReadDeliveries);
    if (!owner) {
        return owner.error();
    }
    auto found = deps_.deliveries.list(
        {.owner = *owner,
         .state = query.state,
         .adapter = query.adapter,
         .after = query.after,
         .limit = query.limit + 1}
    );
    if (!found) {
        return std::move(found).error();
    }
    DeliveryPage page{.deliveries = std::move(*found), .next = {}};
    if (page.deliveries.size() > static_cast<std::size_t>(query.limit)) {
        page.deliveries.pop_back();
        page.next = page.deliveries.back().key;
    }
    return page;
}

Result<void> DeliveryService::retry(const Caller& caller, const DeliveryKey& key) {
    const auto owner = owner_for(caller, Action::kRetryDeliveries);
    if (!owner) {
        return owner.error();
    }
    auto retried = deps_.deliveries.retry(key, *owner, deps_.clock.now());
    if (retried) {
        deps_.signal.notify();
    }
    return retried;
}

Result<RetriedDeliveries> DeliveryService::retry_dead(
    const Caller& caller, const std::optional<std::string>& adapter
) {
    const auto owner = owner_for(caller, Action::kRetryDeliveries);
    if (!owner) {
        return owner.error();
    }
    const auto count = deps_.deliveries.retry_dead(*owner, adapter, kRetriesMax, deps_.clock.now());
    if (!count) {
        return count.error();
    }
    if (*count > 0) {
        deps_.signal.notify();
    }
    return RetriedDeliveries{.count = *count, .has_more = *count == kRetriesMax};
}

Result<AdapterReports> DeliveryService::adapters(const Caller& caller) {
    const auto owner = owner_for(caller, Action::kReadDeliveries);
    if (!owner) {
        return owner.error();
    }
    const auto backlogs = deps_.deliveries.backlogs(*owner);
    if (!backlogs) {
        return backlogs.error();
    }
    AdapterReports reports{.mode = deps_.adapters.mode(), .adapters = {}};
    for (AdapterState& state : deps_.adapters.states()) {
        const auto backlog = std::ranges::find(*backlogs, state.stream, &StreamBacklog::stream);
        reports.adapters.push_back(
            {.state = std::move(state),
             .backlog = backlog == backlogs->end() ? StreamBacklog{} : *backlog}
        );
    }
    return reports;
}

}  // namespace orderpush::app
