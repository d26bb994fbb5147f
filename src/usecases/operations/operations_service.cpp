#include "usecases/operations/operations_service.hpp"

#include "base/clock.hpp"
#include "usecases/delivery/delivery_owner.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace orderpush::usecases {
namespace {

using std::chrono::minutes;

/// With those in which nothing happened.
std::vector<OperationsMinute> every_minute(
    const std::vector<OperationsMinute>& recorded, Timestamp from, int count
) {
    std::vector<OperationsMinute> all;
    for (int i = 0; i < count; ++i) {
        const Timestamp at = from + minutes{i};
        const auto found = std::ranges::find(recorded, at, &OperationsMinute::at);
        all.push_back(found == recorded.end() ? OperationsMinute{.at = at} : *found);
    }
    return all;
}

}  // namespace

Result<OperationsOverview> OperationsService::overview(const Caller& caller) {
    const auto owner = ORDERPUSH_TRY(owner_for(caller, Action::kReadDeliveries));
    OperationsOverview overview{.as_of = clock_.now()};
    const Timestamp from =
        std::chrono::floor<minutes>(overview.as_of) - minutes{kMinutes} + minutes{1};
    auto picture =
        ORDERPUSH_TRY(operations_.picture({.owner = owner, .from = from, .dead_max = kDeadMax}));
    const auto backlogs = ORDERPUSH_TRY(deliveries_.backlogs(owner));
    for (const StreamBacklog& backlog : backlogs) {
        overview.waiting_count += backlog.entry_count;
        if (backlog.oldest_at) {
            overview.oldest_waiting_at = std::min(
                *backlog.oldest_at, overview.oldest_waiting_at.value_or(*backlog.oldest_at)
            );
        }
    }
    overview.picture = std::move(picture);
    overview.picture.minutes = every_minute(overview.picture.minutes, from, kMinutes);
    return overview;
}

Result<std::vector<Order>> OperationsService::find_orders(const Caller& caller, int number) {
    const auto owner = ORDERPUSH_TRY(owner_for(caller, Action::kReadDeliveries));
    return operations_.find_orders(owner, number, kOrdersMax);
}

}  // namespace orderpush::usecases
