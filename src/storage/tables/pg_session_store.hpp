#pragma once

#include "core/tables/session_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// Tables, sessions and guests in PostgreSQL. The pool must outlive it.
class PgSessionStore final : public SessionStore {
  public:
    explicit PgSessionStore(DbPool& pool) : pool_(pool) {}

    Result<Table> find_table_by_qr(std::string_view qr_token) override;
    Result<JoinedSession> open_or_join(const NewSession& session) override;
    Result<TableSession> find(const SessionId& id) override;
    Result<ClosedSession> close(const SessionClosing& closing) override;
    Result<Guest> find_guest_by_token_hash(std::string_view token_hash) override;
    Result<DepartedGuest> find_departed_guest(std::string_view token_hash) override;
    Result<std::pair<Table, std::optional<SessionId>>> find_table(const TableId& id) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage
