#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/access/caller.hpp"
#include "core/delivery/outbox.hpp"
#include "core/payments/bill.hpp"
#include "core/restaurant/menu_store.hpp"
#include "core/tables/table_store.hpp"
#include "usecases/idempotency.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct CreateTable {
    /// 1 to 20 characters.
    std::string number;
    /// One of the two; a name of 1 to 100 characters that is new makes an area.
    std::optional<AreaId> area = {};
    std::optional<std::string> area_name = {};
};

struct ChangeTable {
    std::optional<std::string> number = {};
    std::optional<AreaId> area = {};
    /// kFree or kNeedsCleaning: who sits down occupies.
    std::optional<TableState> state = {};
};

/// A table, and whether its caller may see the code to sit down at it.
struct ShownTable {
    KnownTable table;
    bool shows_code = false;
};

struct ShownTables {
    std::vector<KnownTable> tables;
    bool shows_code = false;
};

/// A table session with its bill.
struct FloorSession {
    SessionId id;
    TableId table;
    Timestamp opened_at;
    Bill bill = {};
};

struct ShownFloor {
    /// When it was read, at the latest.
    Timestamp as_of;
    /// ISO 4217.
    std::string currency;
    Floor content;
    /// The open ones, in the order of their tables.
    std::vector<FloorSession> sessions;
};

struct TableServiceDependencies {
    TableStore& tables;
    MenuStore& menus;
    IdempotencyGuard& guard;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// Tables, their areas and their QR codes. Any thread; blocks on the stores.
class TableService {
  public:
    explicit TableService(const TableServiceDependencies& dependencies) : deps_(dependencies) {}

    Result<ShownTables> list(const Caller& caller, const BranchId& branch);
    /// What a waiter's tablet shows, with the positions of those channels of the branch that the
    /// caller may join.
    Result<ShownFloor> floor(const Caller& caller, const BranchId& branch);
    /// Answers with the table's document. kInvalid names each wrong field; kConflict
    /// "table_number_taken".
    Result<CreatedResponse> create(
        const Caller& caller,
        const BranchId& branch,
        const CreateTable& request,
        const std::optional<Idempotency>& idempotency
    );
    /// What changes nothing has no event. kConflict: "table_number_taken"; "table_occupied"
    /// for a new state while guests sit there.
    Result<ShownTable> change(const Caller& caller, const TableId& id, const ChangeTable& request);
    /// Makes a new code, which is the only one from then on. Answers with the table's document.
    Result<CreatedResponse> renew_qr_token(
        const Caller& caller, const TableId& id, const std::optional<Idempotency>& idempotency
    );

  private:
    Result<CreatedResponse> create_once(
        const Caller& caller,
        const Branch& branch,
        const CreateTable& request,
        const std::optional<IdempotencyKey>& key
    );
    /// An area of the branch, or a new one.
    Result<std::pair<Area, bool>> area_for(const BranchId& branch, const CreateTable& request);
    Result<Area> known_area(const BranchId& branch, const AreaId& id);
    Result<CreatedResponse> renew_once(
        const Caller& caller, const KnownTable& table, const std::optional<IdempotencyKey>& key
    );
    Result<KnownTable> changed(
        const Caller& caller, const KnownTable& before, const ChangeTable& request
    );

    TableServiceDependencies deps_;
};

}  // namespace orderpush::usecases
