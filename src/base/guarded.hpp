#pragma once

#include <mutex>
#include <utility>

namespace orderpush {

/// Data that can be reached only through its lock.
template <class T>
class Guarded {
  public:
    template <class... Args>
    explicit Guarded(Args&&... args) : data_(std::forward<Args>(args)...) {}

    /// Runs `use(data)` under the lock and returns what it returns. Keep it short: no I/O, no
    /// logging, no other lock.
    template <class Use>
    auto with(Use&& use) {
        const std::scoped_lock lock{mutex_};
        return std::forward<Use>(use)(data_);
    }
    template <class Use>
    auto with(Use&& use) const {
        const std::scoped_lock lock{mutex_};
        return std::forward<Use>(use)(data_);
    }

  private:
    mutable std::mutex mutex_;
    T data_;
};

}  // namespace orderpush
