#pragma once

#include "storage/statement.hpp"

namespace orderpush::storage {

/// $1 session. Waits for the orders that are being placed in it and for payments; from then on
/// there are no new ones until this transaction ends. A statement behind it sees all of them.
inline constexpr Statement kLockSession{
    "lock_session",
    R"sql(
select s.closed_at is null as is_open from table_sessions s where s.id = $1 for update
)sql",
    Statement::Access::kWrite};

}  // namespace orderpush::storage
