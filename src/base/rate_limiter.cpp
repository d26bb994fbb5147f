#include "base/rate_limiter.hpp"

#include <algorithm>
#include <functional>

namespace orderpush {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Looked at for one to forget.
constexpr std::size_t kForgetCandidates = 8;

std::chrono::nanoseconds interval_of(std::uint32_t per_minute) {
    return per_minute == 0 ? nanoseconds{0} : nanoseconds{std::chrono::minutes{1}} / per_minute;
}

}  // namespace

RateLimiter::RateLimiter(std::uint32_t per_minute, std::size_t keys_max)
    : per_minute_(std::min(per_minute, kPerMinuteMax)),
      keys_max_per_part_(std::max<std::size_t>(keys_max / kParts, 1)),
      interval_(interval_of(per_minute_)) {}

RateDecision RateLimiter::take(std::string_view key, std::uint32_t cost, Deadline now) {
    if (is_off()) {
        return {};
    }
    auto& part = parts_[std::hash<std::string_view>{}(key) % kParts];
    return part.with([&](Part& here) { return take_from(bucket_of(here, key, now), cost, now); });
}

void RateLimiter::give_back(std::string_view key, std::uint32_t cost, Deadline now) {
    if (is_off()) {
        return;
    }
    auto& part = parts_[std::hash<std::string_view>{}(key) % kParts];
    part.with([&](Part& here) {
        if (const auto known = here.by_key.find(key); known != here.by_key.end()) {
            Bucket& bucket = *known->second;
            bucket.full_at = std::max(bucket.full_at - interval_ * cost, now);
        }
    });
}

RateLimiter::Bucket& RateLimiter::bucket_of(Part& part, std::string_view key, Deadline now) const {
    if (const auto known = part.by_key.find(key); known != part.by_key.end()) {
        part.buckets.splice(part.buckets.end(), part.buckets, known->second);
        return part.buckets.back();
    }
    if (part.buckets.size() >= keys_max_per_part_) {
        forget_one(part);
    }
    part.buckets.push_back({.key = std::string{key}, .full_at = now});
    part.by_key.emplace(part.buckets.back().key, std::prev(part.buckets.end()));
    return part.buckets.back();
}

void RateLimiter::forget_one(Part& part) {
    const auto count = std::min(kForgetCandidates, part.buckets.size());
    const auto end = std::next(part.buckets.begin(), static_cast<std::ptrdiff_t>(count));
    const auto fullest =
        std::min_element(part.buckets.begin(), end, [](const Bucket& a, const Bucket& b) {
            return a.full_at < b.full_at;
        });
    part.by_key.erase(fullest->key);
    part.buckets.erase(fullest);
}

RateDecision RateLimiter::take_from(Bucket& bucket, std::uint32_t cost, Deadline now) const {
    const nanoseconds capacity = interval_ * per_minute_;
    // GCRA: one instant per key, when the bucket will be full again, is all the state there is.
    // What is refused takes nothing, so that asking too early does not make the wait longer.
    const nanoseconds missing = std::max(bucket.full_at - now, nanoseconds{0});
    const nanoseconds needed = missing + interval_ * cost;
    RateDecision decision{.is_allowed = needed <= capacity, .limit = per_minute_};
    const nanoseconds left_missing = decision.is_allowed ? needed : missing;
    bucket.full_at = now + left_missing;
    decision.remaining = static_cast<std::uint32_t>((capacity - left_missing) / interval_);
    decision.reset_after = std::chrono::ceil<seconds>(left_missing);
    if (!decision.is_allowed) {
        decision.retry_after = std::max(std::chrono::ceil<seconds>(needed - capacity), seconds{1});
    }
    return decision;
}

std::size_t RateLimiter::key_count() const {
    std::size_t count = 0;
    for (const auto& part : parts_) {
        count += part.with([](const Part& here) { return here.buckets.size(); });
    }
    return count;
}

}  // namespace orderpush
