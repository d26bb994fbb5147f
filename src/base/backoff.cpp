#include "base/backoff.hpp"

#include <algorithm>
#include <random>

namespace orderpush {

std::chrono::milliseconds Backoff::delay(unsigned attempt, double uniform) const {
    constexpr unsigned kDoublingsMax = 30;  // 2^30 of anything is past every ceiling in use
    const auto doubled = first * (1LL << std::min(attempt, kDoublingsMax));
    const auto bound = std::min(ceiling, std::chrono::milliseconds{doubled});
    return std::chrono::milliseconds{
        static_cast<std::int64_t>(static_cast<double>(bound.count()) * uniform)};
}

std::chrono::milliseconds Backoff::delay(unsigned attempt) const {
    thread_local std::minstd_rand random{std::random_device{}()};
    return delay(attempt, std::uniform_real_distribution<double>{0.0, 1.0}(random));
}

}  // namespace orderpush
