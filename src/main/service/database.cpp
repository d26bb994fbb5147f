#include "main/service/database.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "main/service/service_metrics.hpp"
#include "storage/database/schema.hpp"
#include "storage/store_factories.hpp"

namespace orderpush {

Database::Database(Platform& platform)
    : pool(counted(
          platform.metrics,
          {.url = platform.settings.database_url, .size = platform.settings.database_pool_size}
      )),
      stores(pool, platform.clock),
      platform_(platform),
      relay_streams_(storage::make_relay_streams(platform.settings.database_direct_url)) {}

Result<void> Database::prepare_schema(const std::vector<std::string>& stream_names) {
    if (platform_.settings.is_migrating_on_start) {
        const auto report = ORDERPUSH_TRY(storage::migrate(platform_.settings.database_direct_url));
        log::info("schema_ready", {{"version", report.version}, {"applied", report.applied_count}});
    } else if (auto current = storage::check_schema(pool); !current) {
        return current;
    }
    return relay_streams_->set(stream_names, platform_.clock.now());
}

}  // namespace orderpush
