#pragma once

#include "base/result.hpp"
#include "core/audit.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/restaurant/restaurant.hpp"
#include "core/tables/floor.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orderpush {

// A port to stored data. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. Every write takes the events
// it causes and commits both, or neither.

/// A part of a branch that tables stand in.
struct Area {
    AreaId id;
    std::string name;
};

/// A table as staff see it.
struct KnownTable {
    Table table;
    std::optional<SessionId> open_session = {};
    /// What its code carries: whoever has it can sit down.
    std::string qr_token;
};

struct NewTable {
    Table table;
    /// Whether the table's area is made with it.
    bool has_new_area = false;
    std::string qr_token;
    std::vector<Event> events;
    std::optional<StoredResponse> answer = {};
    std::vector<AuditEntry> audit = {};
};

struct TableChange {
    /// What the change was decided on.
    Table before;
    Table after;
    std::vector<Event> events;
    std::vector<AuditEntry> audit = {};
};

struct NewQrToken {
    TableId table;
    std::string qr_token;
    std::optional<StoredResponse> answer = {};
    std::vector<AuditEntry> audit = {};
};

class TableStore {
  public:
    TableStore() = default;
    TableStore(const TableStore&) = delete;
    TableStore& operator=(const TableStore&) = delete;
    virtual ~TableStore() = default;

    /// By name of the area, then number, as text. An unknown branch has no tables.
    virtual Result<std::vector<KnownTable>> list(const BranchId& branch) = 0;
    virtual Result<std::vector<Area>> list_areas(const BranchId& branch) = 0;
    virtual Result<KnownTable> find(const TableId& id) = 0;
    /// All of a branch at one instant; an unknown branch has nothing. `closed_since`: of sessions
    /// that were closed before it no order is in it.
    virtual Result<Floor> floor(
        const BranchId& branch, Timestamp closed_since, std::span<const Channel> channels
    ) = 0;
    /// kConflict: "table_number_taken" in this branch; "area_taken" if another one made an area of
    /// that name meanwhile; "idempotency_key_taken".
    virtual Result<void> create(const NewTable& table) = 0;
    /// Writes number, area and state. kPreconditionFailed "table_changed" if the table is no longer
    /// as `before`; kConflict "table_number_taken".
    virtual Result<void> change(const TableChange& change) = 0;
    /// The former token opens nothing from then on. kNotFound; kConflict "idempotency_key_taken".
    virtual Result<void> renew_qr_token(const NewQrToken& token) = 0;
};

}  // namespace orderpush
