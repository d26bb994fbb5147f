#pragma once

#include "base/result.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/events/log_epoch.hpp"
#include "main/service/platform.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/stores.hpp"
#include "usecases/delivery/database_watch.hpp"

#include <memory>
#include <string>
#include <vector>

namespace orderpush {

/// What is stored, and the connections to it.
class Database {
  public:
    explicit Database(Platform& platform);

    /// Migrates, or checks, as the settings say, and has the watch look at what is there; then
    /// names the relay streams, so that what is recorded from then on is known to be for all of
    /// them. Blocks; errors of the store, and kUnavailable while the database takes no writes.
    Result<void> prepare_schema(
        const std::vector<std::string>& stream_names, usecases::DatabaseWatch& watch
    );
    EpochStore& epochs() noexcept { return *epochs_; }

    storage::DbPool pool;
    storage::Stores stores;

  private:
    Result<void> prepare(
        const std::vector<std::string>& stream_names, usecases::DatabaseWatch& watch
    );

    const Platform& platform_;
    const std::unique_ptr<RelayStreams> relay_streams_;
    const std::unique_ptr<EpochStore> epochs_;
};

}  // namespace orderpush
