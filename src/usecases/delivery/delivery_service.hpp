#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/delivery/delivery_store.hpp"
#include "core/delivery/outbox.hpp"
#include "usecases/delivery/adapter_states.hpp"

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

struct RetriedDeliveries {
    int count = 0;
    /// There may be more dead ones: ask again.
    bool has_more = false;
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
    /// and drop it by its id if they have it.
    Result<void> retry(const Caller& caller, const DeliveryKey& key);
    Result<RetriedDeliveries> retry_dead(
        const Caller& caller, const std::optional<std::string>& adapter
    );
    Result<AdapterReports> adapters(const Caller& caller);

  private:
    DeliveryServiceDependencies deps_;
};

}  // namespace orderpush::usecases
