#include "usecases/pusher_apps/pusher_app_sync.hpp"

#include "base/observability/log.hpp"

#include <cassert>
#include <exception>
#include <utility>

namespace orderpush::usecases {

PusherAppSync::PusherAppSync(
    PusherAppRegistry& directory, OnChanged on_changed, std::chrono::milliseconds interval
)
    : directory_(directory), on_changed_(std::move(on_changed)), interval_(interval) {}

PusherAppSync::~PusherAppSync() {
    stop();
}

void PusherAppSync::start() {
    assert(!thread_.joinable());
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void PusherAppSync::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void PusherAppSync::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            refresh();
        } catch (const std::exception& failure) {
            // Last resort: the applications outlive a defect, loudly.
            log::error("apps_defect", {{"detail", failure.what()}});
        }
        std::unique_lock lock{mutex_};
        stopped_.wait_for(lock, stop, interval_, [] { return false; });
    }
}

void PusherAppSync::refresh() {
    auto listed = directory_.list();
    if (!listed) {
        if (!std::exchange(is_failing_, true)) {
            const Error& error = listed.error();
            log::warn("apps_not_read", {{"reason", error.code}, {"detail", error.detail}});
        }
        return;
    }
    is_failing_ = false;
    if (known_ == *listed) {
        return;
    }
    known_ = *std::move(listed);
    log::info("apps_changed", {{"further", known_->apps.size()}});
    for (const std::string& id : known_->unreadable) {
        log::error("app_secret_unreadable", {{"app", id}});
    }
    on_changed_(known_->apps);
}

}  // namespace orderpush::usecases
