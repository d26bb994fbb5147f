#pragma once

#include "main/delivery/adapters.hpp"
#include "main/delivery/relays.hpp"
#include "main/service/database.hpp"
#include "main/service/platform.hpp"
#include "main/service/presence.hpp"
#include "usecases/delivery/database_watch.hpp"
#include "usecases/delivery/provider_announcer.hpp"

#include <vector>

namespace orderpush {

/// From the outbox to the adapters.
struct Delivery {
    Delivery(
        Platform& platform,
        Database& database,
        const std::vector<Adapter>& adapters,
        Presence& presence
    );

    /// Once the schema is there.
    void start();
    std::vector<const Worker*> workers() const;

    usecases::ProviderAnnouncer announcer;
    Relays relays;
    usecases::DatabaseWatch database_watch;
};

}  // namespace orderpush
