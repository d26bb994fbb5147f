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

int failed(const Error& error) {
    complain(error);
    return error.kind == ErrorKind::kConflict ? kExitRefused : kExitFailed;
}

}  // namespace

const std::string_view kNewEpochHelp =
    "usage: orderpush new-epoch\n"
    "\n"
    "Tells the database of DATABASE_URL that its past is over: run it on a copy before the "
    "service\n"
    "is started on it, and after a restore that the service cannot notice by itself (files of the\n"
    "server that were put back while the service was stopped).\n"
    "\n"
    "- The logs begin a new epoch: displays read their boards anew.\n"
    "- What waits to be pushed goes to the dead letters (GET /v1/deliveries), webhooks that wait\n"
    "  are dropped (GET /v1/webhooks); nothing of it is sent unless somebody asks for it.\n"
    "- No alarm is raised for what was ordered before.\n"
    "- Sequences of webhooks go on behind all that were ever given.\n"
    "\n"
    "It changes the database at once and asks nothing. Stop the services of this database first.\n";

int run_new_epoch(const Settings& settings) {
    storage::DbPool pool{{.url = settings.database_url, .size = 1}};
    if (const auto prepared = prepare_schema(settings, pool); !prepared) {
        return failed(prepared.error());
    }
    const auto epochs = storage::make_epoch_store(pool, settings.database_direct_url);
    const auto begun = epochs->begin();
    if (!begun) {
        return failed(begun.error());
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
