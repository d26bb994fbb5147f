#include "main/service/delivery.hpp"

#include "main/metrics/service_metrics.hpp"
#include "storage/delivery/pg_outbox.hpp"

#include <memory>
#include <string_view>

namespace orderpush {
namespace {

RelaysOptions relay_options(
    Platform& platform,
    Database& database,
    usecases::ProviderAnnouncer& announcer,
    Presence& presence
) {
    const Settings& settings = platform.settings;
    return {
        .mode = settings.push_mode,
        .mirror_skip_after = settings.mirror_skip_after,
        .make_outbox =
            [&settings, &database] {
                return std::make_unique<storage::PgOutbox>(storage::PgOutboxOptions{
                    .url = settings.database_direct_url,
                    .on_no_connection = [&database] { database.pool.make_room(); }});
            },
        .on_changed =
            [&announcer, &presence](std::string_view previous, std::string_view current) {
                // The other provider has not reported all that happened meanwhile.
                presence.reconciler.request();
                return announcer.announce(previous, current);
            },
        .metrics = delivery_metrics(platform.metrics, settings)};
}

}  // namespace

Delivery::Delivery(
    Platform& platform, Database& database, const std::vector<Adapter>& adapters, Presence& presence
)
    : announcer(database.stores.announcements(), platform.ids, platform.clock),
      relays(
          push_adapters(adapters),
          platform.clock,
          relay_options(platform, database, announcer, presence)
      ),
      database_watch(database.epochs(), database.stores.announcements(), relays, platform.clock) {
    relays.observe(presence.reconciler);
}

void Delivery::start() {
    database_watch.start();
    relays.start();
}

std::vector<const Worker*> Delivery::workers() const {
    auto all = relays.workers();
    all.push_back(&database_watch.worker());
    return all;
}

}  // namespace orderpush
