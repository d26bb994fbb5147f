#pragma once

#include "base/crypto/uuid.hpp"
#include "base/timestamp.hpp"
#include "core/access/caller.hpp"
#include "core/audit.hpp"

#include <optional>
#include <string>

namespace orderpush::usecases {

/// Who the audit trail names for that caller.
AuditActor actor_of(const Caller& caller);
AuditActor actor_of(const Operator& who);

/// What an audit entry tells of.
struct AuditedChange {
    RestaurantId restaurant;
    std::optional<BranchId> branch = {};
    /// "staff:created".
    std::string action;
    std::string subject_kind;
    Uuid subject;
    /// JSON objects without a secret.
    std::optional<std::string> before = {};
    std::optional<std::string> after = {};
};

/// The entry, with the id of the request that this thread is working on.
AuditEntry audit_entry(AuditActor actor, AuditedChange change, Timestamp at, IdSource& ids);

}  // namespace orderpush::usecases
