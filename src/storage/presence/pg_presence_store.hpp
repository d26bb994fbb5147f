#pragma once

#include "core/presence/presence_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// PresenceStore in PostgreSQL. The pool must outlive it.
class PgPresenceStore final : public PresenceStore {
  public:
    explicit PgPresenceStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<SourcePresence>> read(
        const Channel& channel, const std::vector<std::string>& sources, Timestamp heard_since
    ) override;
    Result<std::vector<DepartedMember>> read_recently_left(
        const Channel& channel,
        const std::vector<std::string>& sources,
        Timestamp heard_since,
        Timestamp since,
        int limit
    ) override;
    Result<void> replace(
        const PresenceScope& scope,
        const Channel& channel,
        const std::vector<ListedMember>& members,
        Timestamp asked_at,
        Timestamp now
    ) override;
    Result<void> finish_round(const PresenceScope& scope, Timestamp asked_at, Timestamp now)
        override;
    Result<std::size_t> purge(Timestamp heard_until, int limit) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage
