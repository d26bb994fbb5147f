#include "main/service/database.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "main/metrics/service_metrics.hpp"
#include "storage/database/schema.hpp"
#include "storage/store_factories.hpp"

namespace orderpush {

Database::Database(Platform& platform)
    : pool(counted(
          platform.metrics,
          {.url = platform.settings.database_url,
           .is_pooled = platform.settings.is_database_pooled,
           .size = platform.settings.database_pool_size}
      )),
      stores(pool, platform.clock),
      platform_(platform),
      relay_streams_(storage::make_relay_streams(platform.settings.database_direct_url)),
      epochs_(storage::make_epoch_store(pool, platform.settings.database_direct_url)) {}

Result<void> Database::prepare_schema(
    const std::vector<std::string>& stream_names, usecases::DatabaseWatch& watch
) {
    auto prepared = prepare(stream_names, watch);
    if (!prepared && prepared.error().kind == ErrorKind::kUnavailable) {
        // Requests may have taken all connections that the server grants.
        pool.make_room();
    }
    return prepared;
}

Result<void> Database::prepare(
    const std::vector<std::string>& stream_names, usecases::DatabaseWatch& watch
) {
    ORDERPUSH_TRY(storage::check_session(platform_.settings.database_direct_url));
    if (platform_.settings.is_migrating_on_start) {
        const auto report = ORDERPUSH_TRY(storage::migrate(platform_.settings.database_direct_url));
        log::info("schema_ready", {{"version", report.version}, {"applied", report.applied_count}});
    } else if (auto current = storage::check_schema(pool); !current) {
        return current;
    }
    // Before anything is relayed: what waited in a copy is not sent from it.
    ORDERPUSH_TRY(watch.look());
    ORDERPUSH_TRY(relay_streams_->set(stream_names, platform_.clock.now()));
    return pool.check_writable();
}

}  // namespace orderpush
