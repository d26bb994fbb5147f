#include "main/commands/new_epoch.hpp"

#include "core/events/log_epoch.hpp"
#include "main/commands/commands.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/schema.hpp"
#include "storage/store_factories.hpp"

#include <fmt/format.h>

namespace orderpush {
namespace {

Result<void> prepare_schema(const Settings& settings, storage::DbPool& pool) {
    if (!settings.is_migrating_on_start) {
        return storage::check_schema(pool);
    }
    const auto report = storage::migrate(settings.database_direct_url);
    return report ? Result<void>{} : Result<void>{report.error()};
}

}  // namespace

int run_new_epoch(const Settings& settings) {
    storage::DbPool pool{
        {.url = settings.database_url, .is_pooled = settings.is_database_pooled, .size = 1}};
    if (const auto prepared = prepare_schema(settings, pool); !prepared) {
        return report_failure(prepared.error());
    }
    const auto epochs = storage::make_epoch_store(pool, settings.database_direct_url);
    const auto begun = epochs->begin();
    if (!begun) {
        return report_failure(begun.error());
    }
    fmt::print(
        "epoch {} began; dropped {} deliveries and {} webhooks that waited\n",
        to_string(begun->id),
        begun->dropped_deliveries,
        begun->dropped_webhooks
    );
    return kExitOk;
}

}  // namespace orderpush
