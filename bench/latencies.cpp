#include "bench/latencies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace orderpush::bench {

std::string Latencies::summary() const {
    if (durations_.empty()) {
        throw std::runtime_error("nothing was measured");
    }
    auto sorted = durations_;
    std::ranges::sort(sorted);
    const auto at = [&](double share) {
        const auto rank =
            static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
        const auto duration = sorted[std::max<std::size_t>(rank, 1) - 1];
        return std::chrono::duration<double, std::milli>{duration}.count();
    };
    return fmt::format(
        "p50={:.2f} p90={:.2f} p99={:.2f} max={:.2f}", at(0.5), at(0.9), at(0.99), at(1.0)
    );
}

}  // namespace orderpush::bench
