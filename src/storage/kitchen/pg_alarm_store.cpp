#include "storage/kitchen/pg_alarm_store.hpp"

#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

Result<std::vector<WaitingOrder>> PgAlarmStore::waiting(const AlarmWatch& watch) {
    using Found = Result<std::vector<WaitingOrder>>;
    const auto parameters = Parameters{}.add(watch.now).add(watch.reporting_since).add(watch.limit);
    return query(pool_, kListWaitingOrders, parameters, [](const pqxx::result& rows) -> Found {
        std::vector<WaitingOrder> orders;
        orders.reserve(rows.size());
        for (const auto& row : rows) {
            orders.push_back(
                {.order = id_of<OrderId>(row["order_id"]),
                 .branch = id_of<BranchId>(row["branch_id"]),
                 .since = time_of(row["since"]),
                 .is_overdue = row["is_overdue"].as<bool>(),
                 .has_no_display_alarm = row["has_no_display_alarm"].as<bool>(),
                 .has_unacknowledged_alarm = row["has_unacknowledged_alarm"].as<bool>(),
                 .unseen_from = optional_time_of(row["unseen_from"]),
                 .unseen_steps =
                     {optional_time_of(row["push_again_at"]),
                      optional_time_of(row["waiters_at"]),
                      optional_time_of(row["webhook_at"])},
                 .has_webhook = row["has_webhook"].as<bool>()}
            );
        }
        return orders;
    });
}

Result<bool> PgAlarmStore::raise(const NewAlarm& alarm) {
    Parameters parameters;
    parameters.add(alarm.id)
        .add(alarm.order)
        .add(alarm.branch)
        .add(to_string(alarm.cause))
        .add(to_string(alarm.step))
        .add(alarm.at)
        .add(events_json(alarm.events))
        .add(alarm.webhook_body)
        .add(alarm.webhook_expires_at);
    return query(pool_, kRaiseAlarm, parameters, [](const pqxx::result& rows) -> Result<bool> {
        return rows.front()["was_raised"].as<bool>();
    });
}

Result<void> PgAlarmStore::clear(std::span<const BranchId> attended, Timestamp now) {
    const auto cleared = pool_.run(kClearAlarms, Parameters{}.add(uuid_array(attended)).add(now));
    return cleared ? Result<void>{} : cleared.error();
}

}  // namespace orderpush::storage
