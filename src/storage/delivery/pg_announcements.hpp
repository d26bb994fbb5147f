#pragma once

#include "core/delivery/announcements.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// The announcements in PostgreSQL. The pool must outlive it.
class PgAnnouncements final : public Announcements {
  public:
    explicit PgAnnouncements(DbPool& pool) : pool_(pool) {}

    Result<std::size_t> announce(
        const Event& event, std::span<const Audience> audiences, int branches_max
    ) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage
