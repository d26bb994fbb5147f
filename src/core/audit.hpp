#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush {

using AuditEntryId = Id<struct AuditEntryTag>;

/// Who did something.
struct AuditActor {
    enum class Kind { kStaff, kApiKey, kGuest, kOperator, kService };

    Kind kind = Kind::kService;
    /// Of the person, the key or the guest's session; nothing for the others.
    std::optional<Uuid> id = {};
    /// As it was then; empty: it had none.
    std::string name = {};
};

/// "staff", "api_key", "guest", "operator", "service".
std::string_view to_string(AuditActor::Kind kind) noexcept;
std::optional<AuditActor::Kind> parse_audit_actor_kind(std::string_view word);

/// One thing that was done. Written in the transaction that does it, and never changed.
struct AuditEntry {
    AuditEntryId id;
    RestaurantId restaurant;
    /// Nothing: about the restaurant as a whole.
    std::optional<BranchId> branch = {};
    Timestamp at;
    AuditActor actor;
    /// "staff:created".
    std::string action;
    /// "staff".
    std::string subject_kind;
    Uuid subject;
    /// JSON objects without a secret; nothing before what is new.
    std::optional<std::string> before = {};
    std::optional<std::string> after = {};
    std::string request_id = {};
};

}  // namespace orderpush
