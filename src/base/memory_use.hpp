#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace orderpush {

/// How many bytes some holders have together. Any thread.
class MemoryUse {
  public:
    /// False, and nothing taken, if there would be more than `most`.
    bool take(std::size_t bytes, std::size_t most) noexcept {
        std::size_t before = bytes_.load(std::memory_order_relaxed);
        do {
            if (bytes > most || before > most - bytes) {
                return false;
            }
        } while (!bytes_.compare_exchange_weak(before, before + bytes, std::memory_order_relaxed));
        return true;
    }
    void give_back(std::size_t bytes) noexcept {
        bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    }
    std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::size_t> bytes_ = 0;
};

/// One holder's part in a MemoryUse, which outlives it. On one thread.
class MemoryPart {
  public:
    explicit MemoryPart(MemoryUse& use) : use_(&use) {}
    MemoryPart(const MemoryPart&) = delete;
    MemoryPart& operator=(const MemoryPart&) = delete;
    ~MemoryPart() { use_->give_back(bytes_); }

    /// Has so many from now on. False, and as before, if it has more than before and all together
    /// would have more than `most`.
    bool resize(std::size_t bytes, std::size_t most) noexcept {
        if (bytes > bytes_ && !use_->take(bytes - bytes_, most)) {
            return false;
        }
        if (bytes < bytes_) {
            use_->give_back(bytes_ - bytes);
        }
        bytes_ = bytes;
        return true;
    }
    std::size_t bytes() const noexcept { return bytes_; }

  private:
    MemoryUse* use_;
    std::size_t bytes_ = 0;
};

}  // namespace orderpush
