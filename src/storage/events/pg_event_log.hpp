#pragma once

#include "core/events/event_log.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// The outbox as a log, in PostgreSQL. The pool must outlive it.
class PgEventLog final : public EventLog {
  public:
    explicit PgEventLog(DbPool& pool) : pool_(pool) {}

    Result<ChannelHistory> read(const Channel& channel, std::int64_t after, int limit) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage
