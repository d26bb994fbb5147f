#pragma once

#include "core/events/event.hpp"

#include <span>

namespace orderpush::usecases {

/// Is notified of what the relay does, on the relay's thread: must not block, must not throw.
class RelayObserver {
  public:
    RelayObserver() = default;
    RelayObserver(const RelayObserver&) = delete;
    RelayObserver& operator=(const RelayObserver&) = delete;
    virtual ~RelayObserver() = default;

    /// After each round in which this instance held the lease: the entries that it handed to the
    /// adapter, whatever became of them; none in a quiet round. An entry may come more than once.
    virtual void relayed(std::span<const OutboxEntry> entries) noexcept = 0;
};

}  // namespace orderpush::usecases
