#include "base/synchronized_clock.hpp"

#include <algorithm>
#include <ctime>

namespace orderpush {

std::chrono::milliseconds time_since_boot() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return std::chrono::floor<std::chrono::milliseconds>(
        std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec}
    );
}

Timestamp SynchronizedClock::now() const {
    const std::int64_t offset = offset_;
    return offset == kUnknown ? own_.now()
                              : Timestamp{std::chrono::milliseconds{offset} + elapsed_()};
}

void SynchronizedClock::adjust(
    std::chrono::milliseconds asked_at, Timestamp theirs, std::chrono::milliseconds answered_at
) {
    const auto shown = theirs.time_since_epoch();
    const std::int64_t least = (shown - answered_at).count();
    const std::int64_t most = (shown - asked_at).count();
    const std::int64_t offset = offset_;
    offset_ = offset == kUnknown ? least + (most - least) / 2 : std::clamp(offset, least, most);
}

}  // namespace orderpush
