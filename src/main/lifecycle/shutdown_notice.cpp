#include "main/lifecycle/shutdown_notice.hpp"

namespace orderpush {

void ShutdownNotice::wait_until(Deadline time) {
    std::unique_lock lock{mutex_};
    changed_.wait_until(lock, time, [this] { return is_skipped_; });
}

void ShutdownNotice::skip() {
    {
        const std::scoped_lock lock{mutex_};
        is_skipped_ = true;
    }
    changed_.notify_all();
}

}  // namespace orderpush
