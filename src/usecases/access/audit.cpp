#include "usecases/access/audit.hpp"

#include "base/observability/log.hpp"

#include <utility>

namespace orderpush::usecases {

AuditActor actor_of(const Caller& caller) {
    using Kind = AuditActor::Kind;
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        return {.kind = Kind::kStaff, .id = staff->id.value, .name = staff->name};
    }
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        return {.kind = Kind::kGuest, .id = guest->session.value};
    }
    return {.kind = Kind::kApiKey, .id = std::get<ApiClient>(caller).key.value};
}

AuditActor actor_of(const Operator& /*who*/) {
    return {.kind = AuditActor::Kind::kOperator};
}

AuditEntry audit_entry(AuditActor actor, AuditedChange change, Timestamp at, IdSource& ids) {
    return {
        .id = ids.make<AuditEntryId>(),
        .restaurant = change.restaurant,
        .branch = change.branch,
        .at = at,
        .actor = std::move(actor),
        .action = std::move(change.action),
        .subject_kind = std::move(change.subject_kind),
        .subject = change.subject,
        .before = std::move(change.before),
        .after = std::move(change.after),
        .request_id = std::string{log::scoped_text("requestId")}};
}

}  // namespace orderpush::usecases
