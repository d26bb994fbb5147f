#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/kitchen/receipt_store.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

/// Is notified of what devices report, on the thread of the request: must not block, must not
/// throw.
class ReceiptObserver {
  public:
    ReceiptObserver() = default;
    ReceiptObserver(const ReceiptObserver&) = delete;
    ReceiptObserver& operator=(const ReceiptObserver&) = delete;
    virtual ~ReceiptObserver() = default;

    /// How long after its commit each event of an order came to a device's report of that kind;
    /// every event and device once per kind.
    virtual void reported(
        ReceiptKind kind, std::span<const std::chrono::milliseconds> delays
    ) noexcept = 0;
};

struct NewReceipts {
    /// As the device names itself; a guest's device is the one that sat down, whatever stands here.
    std::string device;
    ReceiptKind kind = ReceiptKind::kReceived;
    std::vector<EventId> events = {};
};

struct ReceiptCount {
    /// Stored, now or before.
    std::size_t recorded = 0;
    /// Unknown, gone, or not for this caller's ears.
    std::size_t ignored = 0;
};

/// Keeps what devices got and saw. Any thread; blocks on the store.
class ReceiptService {
  public:
    static constexpr std::size_t kEventsMax = 500;
    static constexpr std::size_t kDeviceCharactersMax = 100;

    ReceiptService(ReceiptStore& receipts, const Clock& clock)
        : receipts_(receipts), clock_(clock) {}

    /// Must outlive the service. Before the first report.
    void observe(ReceiptObserver& observer) { observers_.push_back(&observer); }

    /// Events count that stand on a channel of the branch which the caller may join (ADMIN: of the
    /// restaurant), or on a guest's session; one named twice counts once. kInvalid names the field;
    /// kForbidden for API clients.
    Result<ReceiptCount> report(const Caller& caller, NewReceipts receipts);

  private:
    ReceiptStore& receipts_;
    const Clock& clock_;
    std::vector<ReceiptObserver*> observers_;
};

}  // namespace orderpush::usecases
