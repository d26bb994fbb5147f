#include "base/observability/log_limiter.hpp"

namespace orderpush {

std::optional<std::uint64_t> LogLimiter::admit(Deadline now) {
    const auto minutes = std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()).count();
    const std::uint64_t none_yet = static_cast<std::uint64_t>(minutes) << 32U;
    std::uint64_t written = written_.load();
    std::uint64_t next = 0;
    do {
        // An earlier one is that of a thread which was held up.
        const bool is_new_minute = (none_yet >> 32U) > (written >> 32U);
        if (!is_new_minute && (written & 0xFFFF'FFFFU) >= lines_max_) {
            ++left_out_;
            return std::nullopt;
        }
        next = (is_new_minute ? none_yet : written) + 1;
    } while (!written_.compare_exchange_weak(written, next));
    return left_out_.exchange(0);
}

}  // namespace orderpush
