#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/policy.hpp"
#include "core/restaurant/restaurant_store.hpp"
#include "usecases/expected_versions.hpp"
#include "usecases/idempotency.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

/// What is given; a new branch has defaults for the rest, but for name and time zone.
struct ChangeBranch {
    /// 1 to 100 characters.
    std::optional<std::string> name = {};
    /// IANA.
    std::optional<std::string> time_zone = {};
    /// 0 to 10,000.
    std::optional<std::int64_t> tax_rate_bp = {};
    std::optional<CloseSessions> close_sessions = {};
    /// 1 to 86,400; a ticket is late no sooner than it warns.
    std::optional<std::int64_t> warn_after_seconds = {};
    std::optional<std::int64_t> late_after_seconds = {};
    std::optional<std::int64_t> unseen_after_seconds = {};
    std::optional<std::int64_t> unattended_after_seconds = {};
    /// 0 to 1,000,000; 0: no bound.
    std::optional<std::int64_t> guest_unserved_orders_max = {};
};

struct BranchServiceDependencies {
    RestaurantStore& restaurants;
    IdempotencyGuard& guard;
    IdSource& ids;
    const Clock& clock;
};

/// Branches and what they go by. Any thread; blocks on the stores.
class BranchService {
  public:
    explicit BranchService(const BranchServiceDependencies& dependencies) : deps_(dependencies) {}

    /// Of the caller's restaurant; a member of staff below ADMIN sees their own.
    Result<std::vector<BranchSettings>> list(const Caller& caller);
    Result<BranchSettings> find(const Caller& caller, const BranchId& id);
    /// Answers with the branch's document. kInvalid names each wrong field.
    Result<CreatedResponse> create(
        const Caller& caller,
        const ChangeBranch& request,
        const std::optional<Idempotency>& idempotency
    );
    /// What changes nothing is not audited. kInvalid; kPreconditionFailed "version_mismatch".
    Result<BranchSettings> change(
        const Caller& caller,
        const BranchId& id,
        const ChangeBranch& request,
        const ExpectedVersions& expected
    );

    /// Areas and stations. Errors as of RestaurantStore; kInvalid names a wrong name.
    Result<std::vector<BranchPart>> list_parts(
        const Caller& caller, BranchPart::Kind kind, const BranchId& branch
    );
    /// Answers with the part's document. `name`: 1 to 100 characters.
    Result<CreatedResponse> create_part(
        const Caller& caller,
        BranchPart::Kind kind,
        const BranchId& branch,
        const std::string& name,
        const std::optional<Idempotency>& idempotency
    );
    Result<BranchPart> rename_part(
        const Caller& caller, BranchPart::Kind kind, const Uuid& id, const std::string& name
    );

  private:
    Result<CreatedResponse> create_part_once(
        const Caller& caller, BranchPart part, const std::optional<IdempotencyKey>& key
    );
    Result<BranchSettings> find_allowed(const Caller& caller, Action action, const BranchId& id);
    Result<CreatedResponse> create_once(
        const Caller& caller, BranchSettings branch, const std::optional<IdempotencyKey>& key
    );
    /// `before` with what is given.
    Result<BranchSettings> changed(const BranchSettings& before, const ChangeBranch& request);

    const BranchServiceDependencies deps_;
};

}  // namespace orderpush::usecases
