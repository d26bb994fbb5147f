#pragma once

#include "base/threads/worker.hpp"

namespace orderpush {

/// Gives memory that was freed after a busy time back to the system. Looks every half minute.
class MemoryReturn {
  public:
    MemoryReturn();

    void start() { worker_.start(); }
    void stop() { worker_.stop(); }
    const Worker& worker() const noexcept { return worker_; }

  private:
    Worker worker_;
};

}  // namespace orderpush
