#include "storage/database/watchdog.hpp"

#include "base/observability/log.hpp"
#include "storage/database/connection.hpp"

namespace orderpush::storage {
namespace {

constexpr std::chrono::milliseconds kInterval{1'000};

}  // namespace

Watchdog::Watchdog(std::chrono::milliseconds longest_call)
    : longest_call_(longest_call), worker_("database_watchdog", [this](const std::stop_token&) {
          if (const std::size_t overdue = interrupt_overdue(); overdue > 0) {
              log::warn("database_calls_interrupted", {{"calls", overdue}});
          }
          return kInterval;
      }) {
    worker_.start();
}

Watchdog::Watch::Watch(Watchdog& watchdog, const Connection& connection)
    : watchdog_(watchdog),
      entry_(std::chrono::steady_clock::now() + watchdog.longest_call_, &connection) {
    const std::scoped_lock lock{watchdog_.mutex_};
    watchdog_.calls_.insert(entry_);
}

Watchdog::Watch::~Watch() {
    const std::scoped_lock lock{watchdog_.mutex_};
    watchdog_.calls_.erase(entry_);
}

std::size_t Watchdog::interrupt_overdue() {
    const std::scoped_lock lock{mutex_};
    const auto now = std::chrono::steady_clock::now();
    std::size_t overdue = 0;
    for (const auto& [deadline, connection] : calls_) {
        if (deadline > now) {
            break;
        }
        // Under the lock: the connection lives at least until its watch is erased. It does not
        // block.
        connection->interrupt();
        ++overdue;
    }
    return overdue;
}

}  // namespace orderpush::storage
