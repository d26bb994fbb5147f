#include "usecases/delivery/delivery_service.hpp"

#include "base/clock.hpp"
#include "usecases/delivery/delivery_owner.hpp"

#include <algorithm>
#include <utility>

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

Result<CreatedResponse> DeliveryService::once(
    const Caller& caller, const std::optional<Idempotency>& idempotency, const Retry& retry
) {
    return deps_.guard.run(
        restaurant_of(caller),
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) -> Result<CreatedResponse> {
            const Timestamp now = deps_.clock.now();
            auto answer = deps_.guard.stored_response(key, {}, now);
            if (answer) {
                answer->status = kAccepted;
            }
            auto body = ORDERPUSH_TRY(retry(answer, now));
            deps_.signal.notify();
            return CreatedResponse{.id = {}, .body = std::move(body), .status = kAccepted};
        }
    );
}

Result<CreatedResponse> DeliveryService::retry(
    const Caller& caller, const DeliveryKey& key, const std::optional<Idempotency>& idempotency
) {
    const auto owner = ORDERPUSH_TRY(owner_for(caller, Action::kRetryDeliveries));
    std::string body = R"({"id":")" + to_string(key) + R"(","state":"retry"})";
    return once(
        caller,
        idempotency,
        [&](std::optional<StoredResponse> answer, Timestamp now) -> Result<std::string> {
            if (answer) {
                answer->body = body;
            }
            ORDERPUSH_TRY(deps_.deliveries.retry(key, owner, now, answer));
            return body;
        }
    );
}

Result<CreatedResponse> DeliveryService::retry_dead(
    const Caller& caller,
    const std::optional<std::string>& adapter,
    const std::optional<Idempotency>& idempotency
) {
    const auto owner = ORDERPUSH_TRY(owner_for(caller, Action::kRetryDeliveries));
    return once(
        caller,
        idempotency,
        [&](const std::optional<StoredResponse>& answer, Timestamp now) -> Result<std::string> {
            const auto count =
                ORDERPUSH_TRY(deps_.deliveries.retry_dead(owner, adapter, kRetriesMax, now, answer)
                );
            return retried_json(count, kRetriesMax);
        }
    );
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
