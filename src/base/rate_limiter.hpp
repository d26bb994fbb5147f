#pragma once

#include "base/guarded.hpp"
#include "base/timestamp.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace orderpush {

/// How a bucket stands after somebody took from it.
struct RateDecision {
    bool is_allowed = true;
    /// What the bucket holds when full; 0: there is no limit, and the rest says nothing.
    std::uint32_t limit = 0;
    /// What could be taken at once now.
    std::uint32_t remaining = 0;
    /// Until the bucket is full again, rounded up.
    std::chrono::seconds reset_after{};
    /// Until the refused cost would be allowed, rounded up and at least 1 s; 0 if it was allowed.
    std::chrono::seconds retry_after{};
};

/// Token buckets, one per key. A bucket holds one minute's worth, so that a page that loads or a
/// display that comes back may ask for much at once, and refills evenly; in any minute a key gets
/// at most twice the rate, over a long time the rate. A refused take costs nothing. Any thread;
/// never blocks for long.
///
/// Memory is bounded: at most `keys_max` buckets are remembered. A new key beyond it takes the
/// place of the fullest among the few that were left alone the longest; that one starts anew.
class RateLimiter {
  public:
    static constexpr std::uint32_t kPerMinuteMax = 60'000'000;

    /// `per_minute` is at most kPerMinuteMax; 0: everything is allowed and nothing remembered.
    explicit RateLimiter(std::uint32_t per_minute, std::size_t keys_max = 100'000);

    /// Takes `cost` from the bucket of `key`, all or nothing.
    RateDecision take(std::string_view key, std::uint32_t cost, Deadline now);
    /// Puts back what an earlier take() of that key took; nothing if the key was forgotten. Who
    /// takes before he knows whether it counts leaves no gap for others at the same time.
    void give_back(std::string_view key, std::uint32_t cost, Deadline now);

    bool is_off() const noexcept { return per_minute_ == 0; }
    /// Buckets remembered.
    std::size_t key_count() const;

  private:
    static constexpr std::size_t kParts = 16;

    /// A bucket as the generic cell rate algorithm keeps it (ITU-T I.371): the time at which it is
    /// full again.
    struct Bucket {
        std::string key;
        Deadline full_at;
    };
    /// The keys of one hash range, the longest untouched first.
    struct Part {
        std::list<Bucket> buckets;
        std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key;
    };

    Bucket& bucket_of(Part& part, std::string_view key, Deadline now) const;
    static void forget_one(Part& part);
    RateDecision take_from(Bucket& bucket, std::uint32_t cost, Deadline now) const;

    const std::uint32_t per_minute_;
    const std::size_t keys_max_per_part_;
    /// In which one token comes back.
    const std::chrono::nanoseconds interval_;
    std::array<Guarded<Part>, kParts> parts_;
};

}  // namespace orderpush
