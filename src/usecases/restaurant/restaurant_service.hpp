#pragma once

#include "base/crypto/crypto.hpp"
#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/delivery/outbox.hpp"
#include "core/restaurant/restaurant_store.hpp"
#include "core/tables/session_store.hpp"
#include "usecases/expected_versions.hpp"
#include "usecases/idempotency.hpp"

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct CreateRestaurant {
    /// 1 to 100 characters; its first branch is called the same.
    std::string name;
    /// ISO 4217.
    std::string currency;
    /// IANA, of the first branch.
    std::string time_zone;
    /// Of the first ADMIN, who gets a one-time password.
    std::string admin_email;
    /// 1 to 100 characters.
    std::string admin_name = "Admin";
};

struct ChangeRestaurant {
    std::optional<std::string> name = {};
    /// For the operator alone.
    std::optional<bool> is_disabled = {};
};

struct RestaurantPage {
    std::vector<Restaurant> restaurants;
    /// Pass as `after` to go on; nothing at the end.
    std::optional<RestaurantId> next = {};
};

struct RestaurantServiceDependencies {
    RestaurantStore& restaurants;
    SessionStore& sessions;
    IdempotencyGuard& guard;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
    /// Log-ins ended.
    std::function<void()> on_disabled = [] {};
    PasswordCost cost = PasswordCost::kInteractive;
};

/// Restaurants: for the operator, and each for its own people. Any thread; blocks on the stores
/// and, in create(), for the time a password hash takes.
class RestaurantService {
  public:
    explicit RestaurantService(RestaurantServiceDependencies dependencies)
        : deps_(std::move(dependencies)) {}

    /// With its first branch, an ADMIN and an API key. Answers with a document that has the
    /// password and the key, which are shown here only. kInvalid names each wrong field.
    Result<CreatedResponse> create(
        const Operator& who,
        const CreateRestaurant& request,
        const std::optional<Idempotency>& idempotency
    );
    /// `limit` 1 to 200.
    Result<RestaurantPage> list(
        const Operator& who, const std::optional<RestaurantId>& after, int limit
    );
    Result<Restaurant> find(const Operator& who, const RestaurantId& id);
    /// Disabling ends what its people, keys and guests prove, and what listens with it: log-ins end
    /// and table sessions are closed. Disabling again closes what is left. kPreconditionFailed
    /// "version_mismatch".
    Result<Restaurant> change(
        const Operator& who,
        const RestaurantId& id,
        const ChangeRestaurant& request,
        const ExpectedVersions& expected
    );
    /// The caller's own.
    Result<Restaurant> find_own(const Caller& caller);
    /// The same: its name.
    Result<Restaurant> change_own(
        const Caller& caller, const ChangeRestaurant& request, const ExpectedVersions& expected
    );

  private:
    Result<void> validate(const CreateRestaurant& request);
    Result<CreatedResponse> create_once(
        const Operator& who,
        const CreateRestaurant& request,
        const std::optional<IdempotencyKey>& key
    );
    Result<Restaurant> change_as(
        const AuditActor& actor,
        const RestaurantId& id,
        const ChangeRestaurant& request,
        const ExpectedVersions& expected
    );
    Result<Restaurant> write(
        const AuditActor& actor, const Restaurant& before, const ChangeRestaurant& request
    );
    Result<void> close_sessions(const RestaurantId& id);

    const RestaurantServiceDependencies deps_;
};

}  // namespace orderpush::usecases
