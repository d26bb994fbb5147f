#include "core/audit_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 restaurant, $2 branch, $3 whether entries without a branch are among them, $4 subject, $5 who
/// did it, $6 business day, $7 the oldest that is known, $8 limit; $4 to $7 may be null.
constexpr Statement kListAudit{
    "list_audit",
    R"sql(
select e.id, e.restaurant_id, e.branch_id, e.business_day, unix_ms(e.occurred_at) as occurred_at,
    e.actor_kind, e.actor_id, e.actor_name, e.action, e.subject_kind, e.subject_id, e.before,
    e.after, e.request_id
from audit_entries e
where e.restaurant_id = $1 and (e.branch_id = $2 or ($3 and e.branch_id is null))
    and ($4::uuid is null or e.subject_id = $4)
    and ($5::uuid is null or (e.actor_kind = 'staff' and e.actor_id = $5))
    and ($6::date is null or e.business_day = $6)
    and ($7::uuid is null or e.id < $7)
order by e.id desc limit $8
)sql",
    Statement::Access::kRead};

std::optional<Uuid> optional_uuid_of(const pqxx::field& field) {
    const auto id = optional_id_of<AuditEntryId>(field);
    return id ? std::optional{id->value} : std::nullopt;
}

AuditedEntry entry_of(const pqxx::row& row) {
    return {
        .entry =
            {.id = id_of<AuditEntryId>(row["id"]),
             .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
             .branch = optional_id_of<BranchId>(row["branch_id"]),
             .at = time_of(row["occurred_at"]),
             .actor =
                 {.kind = known(parse_audit_actor_kind(row["actor_kind"].c_str())),
                  .id = optional_uuid_of(row["actor_id"]),
                  .name = row["actor_name"].c_str()},
             .action = row["action"].c_str(),
             .subject_kind = row["subject_kind"].c_str(),
             .subject = id_of<AuditEntryId>(row["subject_id"]).value,
             .before = optional_text_of(row["before"]),
             .after = optional_text_of(row["after"]),
             .request_id = row["request_id"].c_str()},
        .business_day = row["business_day"].c_str()};
}

/// The audit trail in PostgreSQL. The pool must outlive it.
class SqlAuditStore final : public AuditStore {
  public:
    explicit SqlAuditStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<AuditedEntry>> list(const AuditFilter& filter) override {
        using Found = Result<std::vector<AuditedEntry>>;
        const auto subject =
            filter.subject ? std::optional{AuditEntryId{*filter.subject}} : std::nullopt;
        Parameters parameters;
        parameters.add(filter.restaurant)
            .add(filter.branch)
            .add(filter.has_whole_restaurant)
            .add(subject)
            .add(filter.staff)
            .add(filter.business_day)
            .add(filter.after)
            .add(filter.limit);
        return query(pool_, kListAudit, parameters, [](const pqxx::result& rows) -> Found {
            return all_of(rows, entry_of);
        });
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<AuditStore> make_audit_store(DbPool& pool) {
    return std::make_unique<SqlAuditStore>(pool);
}

std::span<const Statement> audit_statements() {
    static constexpr std::array kAll{kListAudit};
    return kAll;
}

}  // namespace orderpush::storage
