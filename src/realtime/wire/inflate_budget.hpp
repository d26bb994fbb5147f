#pragma once

#include "base/timestamp.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace orderpush::realtime {

/// How much compressed messages may come to beyond what was sent: a hundred bytes may inflate to
/// sixty thousand. What inflates to kFreeRatio times its size, as JSON does, is free: the sender
/// paid for it with traffic. The rest comes from a token bucket of bytes. On one thread.
class InflateBudget {
  public:
    static constexpr std::size_t kFreeRatio = 16;

    struct Rate {
        std::size_t bytes_per_second = 0;
        std::size_t burst_bytes = 0;
    };

    explicit InflateBudget(const Rate& rate) : rate_(rate), left_(rate.burst_bytes) {}
    /// What this one gives, `shared`, which outlives it, must have as well.
    InflateBudget(const Rate& rate, InflateBudget& shared)
        : rate_(rate), shared_(&shared), left_(rate.burst_bytes) {}

    /// The most that a message of so many compressed bytes may inflate to.
    std::size_t allowance(std::size_t compressed, Deadline now) {
        refill(now);
        std::size_t left = left_;
        if (shared_ != nullptr) {
            shared_->refill(now);
            left = std::min(left, shared_->left_);
        }
        return compressed * kFreeRatio + left;
    }
    /// Counts one that came to `inflated`.
    void charge(std::size_t compressed, std::size_t inflated) {
        const std::size_t free = compressed * kFreeRatio;
        const std::size_t cost = inflated > free ? inflated - free : 0;
        left_ -= std::min(left_, cost);
        if (shared_ != nullptr) {
            shared_->left_ -= std::min(shared_->left_, cost);
        }
    }

  private:
    void refill(Deadline now) {
        const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - refilled_);
        if (passed.count() <= 0) {
            return;
        }
        // More than fills it anyway: no product overflows.
        constexpr std::chrono::milliseconds kLongest{60'000};
        const auto counted = static_cast<std::size_t>(std::min(passed, kLongest).count());
        left_ = std::min(rate_.burst_bytes, left_ + rate_.bytes_per_second * counted / 1'000);
        refilled_ = now;
    }

    const Rate rate_;
    InflateBudget* shared_ = nullptr;
    std::size_t left_;
    Deadline refilled_ = {};
};

}  // namespace orderpush::realtime
