#pragma once

#include "core/streams.hpp"
#include "storage/db_pool.hpp"

namespace orderpush::storage {

/// The streams in PostgreSQL. The pool must outlive it.
class PgStreams final : public Streams {
  public:
    explicit PgStreams(DbPool& pool) : pool_(pool) {}

    Result<void> set(const std::vector<std::string>& names, Timestamp now) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage
