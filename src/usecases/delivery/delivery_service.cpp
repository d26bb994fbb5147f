#include "usecases/delivery/delivery_service.hpp"

#include "base/clock.hpp"
#include "usecases/delivery/delivery_owner.hpp"

#include <algorithm>

namespace orderpush::usecases {

Result<DeliveryPage> DeliveryService::list(const Caller& caller, const DeliveryQuery& query) {
    const auto owner = ORDERPUSH_TRY(owner_for(caller, Action::kReadDeliveries));
    auto found = ORDERPUSH_TRY(deps_.deliveries.list(
        {.owner = owner,
         .state = query.state,
         .adapter = query.adapter,
         .after = query.after,
         .limit = query.limit + 1}
    ));
    DeliveryPage page{.deliveries = std::move(found), .next = {}};
    if (page.deliveries.size() > static_cast<std::size_t>(query.limit)) {
        page.deliveries.pop_back();
        page.next = page.deliveries.back().key;
    }
    return page;
}

Result<void> DeliveryService::retry(const Caller& caller, const DeliveryKey& key) {
    const auto owner = ORDERPUSH_TRY(owner_for(caller, Action::kRetryDeliveries));
    auto retried = deps_.deliveries.retry(key, owner, deps_.clock.now());
    if (retried) {
        deps_.signal.notify();
    }
    return retried;
}

Result<RetriedDeliveries> DeliveryService::retry_dead(
    const Caller& caller, const std::optional<std::string>& adapter
) {
    const auto owner = ORDERPUSH_TRY(owner_for(caller, Action::kRetryDeliveries));
    const auto count =
        ORDERPUSH_TRY(deps_.deliveries.retry_dead(owner, adapter, kRetriesMax, deps_.clock.now()));
    if (count > 0) {
        deps_.signal.notify();
    }
    return RetriedDeliveries{.count = count, .has_more = count == kRetriesMax};
}

Result<AdapterReports> DeliveryService::adapters(const Caller& caller) {
    const auto owner = ORDERPUSH_TRY(owner_for(caller, Action::kReadDeliveries));
    const auto backlogs = ORDERPUSH_TRY(deps_.deliveries.backlogs(owner));
    AdapterReports reports{.mode = deps_.adapters.mode(), .adapters = {}};
    for (AdapterState& state : deps_.adapters.states()) {
        const auto backlog = std::ranges::find(backlogs, state.stream, &StreamBacklog::stream);
        reports.adapters.push_back(
            {.state = std::move(state),
             .backlog = backlog == backlogs.end() ? StreamBacklog{} : *backlog}
        );
    }
    return reports;
}

}  // namespace orderpush::usecases
