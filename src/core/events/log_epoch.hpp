#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace orderpush {

using EpochId = Id<struct EpochTag>;

/// An epoch that began, and what it gave up of the past.
struct BegunEpoch {
    EpochId id;
    /// What the database was found to be: "loaded", "copied", of another "timeline", "rewound"; or
    /// "asked".
    std::string cause;
    /// Entries that no adapter gets any more, and webhooks that no receiver gets.
    std::int64_t dropped_deliveries = 0;
    std::int64_t dropped_webhooks = 0;
};

/// What a look at the database found.
struct EpochLook {
    EpochId epoch;
    /// The database's own time, at some moment of the call.
    Timestamp now;
    /// When the server was started, in its own words.
    std::string server_started_at;
    /// How much of the server's log of writes was on its disk, in bytes: never less than before,
    /// unless its files were put back. Nothing where it does not say.
    std::optional<std::int64_t> flushed_bytes;
    /// The epoch, if this call began it.
    std::optional<BegunEpoch> begun = {};
};

/// The epoch of the logs in this database: `seq` counts within it. A new one begins where the same
/// positions may come again with other events: after a restore, and in a copy. Implementation:
/// storage (PostgreSQL). Any thread; blocks on the store. Each member can answer kUnavailable and
/// kTimeout.
class EpochStore {
  public:
    EpochStore() = default;
    EpochStore(const EpochStore&) = delete;
    EpochStore& operator=(const EpochStore&) = delete;
    virtual ~EpochStore() = default;

    /// kUnavailable "database_unavailable" where none is stored, too.
    virtual Result<EpochId> current() = 0;
    /// Begins a new epoch if the database was loaded from a dump or copied, if its server's
    /// timeline is another, or if the server's log of writes went back since `before`, the last
    /// look. One that was loaded or copied gives up what was written before that look, or so far
    /// if there is none; otherwise all is still to be sent. kUnavailable "restore_under_way" while
    /// a dump is being loaded, "epoch_missing" where none is stored.
    virtual Result<EpochLook> look(const std::optional<EpochLook>& before) = 0;
    /// Begins a new epoch and gives up everything that was written so far.
    virtual Result<BegunEpoch> begin() = 0;
};

}  // namespace orderpush
