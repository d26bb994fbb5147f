#pragma once

#include "core/delivery/outbox.hpp"

#include <atomic>

namespace orderpush::test {

/// Counts what the relay would have been told. Any thread.
class CountingSignal final : public OutboxSignal {
  public:
    void notify() noexcept override { ++count_; }
    int count() const noexcept { return count_; }

  private:
    std::atomic<int> count_{0};
};

}  // namespace orderpush::test
