#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/delivery/delivery_store.hpp"
#include "core/ids.hpp"
#include "core/orders/order.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {

/// What became of the events on kitchens' channels in some span of time.
struct OperationsFigures {
    /// Orders accepted.
    std::int64_t order_count = 0;
    /// Entries that a stream took.
    std::int64_t delivered_count = 0;
    /// Attempts that did not succeed.
    std::int64_t failed_count = 0;
    /// From the commit to the delivery, of those that were delivered; nothing if none was.
    std::optional<std::chrono::milliseconds> p50 = {};
    std::optional<std::chrono::milliseconds> p99 = {};
};

struct OperationsMinute {
    /// Where it begins.
    Timestamp at;
    OperationsFigures figures = {};
};

struct OperationsBranch {
    BranchId id;
    std::string name;
};

struct OperationsPicture {
    /// In the order of their names.
    std::vector<OperationsBranch> branches = {};
    /// Those in which something happened, oldest first.
    std::vector<OperationsMinute> minutes = {};
    /// All of them together.
    OperationsFigures total = {};
    /// Counted up to OperationsFilter::dead_max.
    std::int64_t dead_count = 0;
    /// A kitchen had more entries than were looked at: the oldest have no part in the totals.
    bool is_truncated = false;
};

struct OperationsFilter {
    DeliveryOwner owner;
    /// Totals are of entries whose events occurred then or later; the beginning of a minute.
    Timestamp from;
    /// Entries looked at per kitchen's channel, from 100: rounded up to a whole hundred.
    int entries_max = 10'000;
    int dead_max = 10'000;
};

/// How the service does for a restaurant, for those who look after it. Implementations: storage
/// (PostgreSQL) and tests/support (in memory); one contract suite judges both. Any thread; blocks
/// on the store. Each member can answer kUnavailable and kTimeout.
class OperationsStore {
  public:
    OperationsStore() = default;
    OperationsStore(const OperationsStore&) = delete;
    OperationsStore& operator=(const OperationsStore&) = delete;
    virtual ~OperationsStore() = default;

    virtual Result<OperationsPicture> picture(const OperationsFilter& filter) = 0;
    /// The newest first, at most `limit`. Numbers begin anew every business day and in each branch.
    virtual Result<std::vector<Order>> find_orders(
        const DeliveryOwner& owner, int number, int limit
    ) = 0;
};

}  // namespace orderpush
