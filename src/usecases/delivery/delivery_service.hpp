#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/delivery/delivery_store.hpp"
#include "core/delivery/outbox.hpp"
#include "usecases/delivery/adapter_states.hpp"
#include "usecases/idempotency.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct DeliveryQuery {
    DeliveryState state = DeliveryState::kDead;
    /// A stream's or an adapter's name.
    std::optional<std::string> adapter = {};
    std::optional<DeliveryKey> after = {};
    /// 1 to 200.
    int limit = 50;
};

struct DeliveryPage {
    std::vector<FailedDelivery> deliveries;
    /// Pass as `after` to go on; nothing at the end.
    std::optional<DeliveryKey> next;
};

/// An adapter, and what of the caller's own events its stream still has to hand over.
struct AdapterReport {
    AdapterState state;
    StreamBacklog backlog;
};

struct AdapterReports {
    /// "failover" or "mirror".
    std::string mode;
    std::vector<AdapterReport> adapters;
};

struct DeliveryServiceDependencies {
    DeliveryStore& deliveries;
    IdempotencyGuard& guard;
    AdapterStates& adapters;
    OutboxSignal& signal;
    const Clock& clock;
};

/// Shows what could not be delivered, and has it sent again. Everyone sees what is theirs: MANAGER
/// the branch, ADMIN and API clients the restaurant; others are refused. Any thread; blocks on the
/// store.
class DeliveryService {
  public:
    /// Entries that one call of retry_dead() takes.
    static constexpr int kRetriesMax = 1'000;

    explicit DeliveryService(DeliveryServiceDependencies dependencies) : deps_(dependencies) {}

    Result<DeliveryPage> list(const Caller& caller, const DeliveryQuery& query);
    /// Errors as DeliveryStore::retry(). It is sent out of its turn; clients see it by its `seq`,
    /// and drop it by its id if they have it. Answers with {id, state}.
    Result<CreatedResponse> retry(
        const Caller& caller,
        const DeliveryKey& key,
        const std::optional<Idempotency>& idempotency = {}
    );
    /// Answers with {count, more}: whether there may be more dead ones, to be asked for again.
    Result<CreatedResponse> retry_dead(
        const Caller& caller,
        const std::optional<std::string>& adapter,
        const std::optional<Idempotency>& idempotency = {}
    );
    Result<AdapterReports> adapters(const Caller& caller);

  private:
    static constexpr int kAccepted = 202;
    /// Does it, and gives the body of the answer, which it stores in `answer` with what it does.
    using Retry = std::function<
        Result<std::string>(const std::optional<StoredResponse>& answer, Timestamp now)>;
    Result<CreatedResponse> once(
        const Caller& caller, const std::optional<Idempotency>& idempotency, const Retry& retry
    );

    DeliveryServiceDependencies deps_;
};

}  // namespace orderpush::usecases
