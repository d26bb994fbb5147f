#include "usecases/pusher_apps/pusher_app_sync.hpp"

#include "base/observability/log.hpp"

#include <utility>

namespace orderpush::usecases {

PusherAppSync::PusherAppSync(
    PusherAppRegistry& registry, OnChanged on_changed, std::chrono::milliseconds interval
)
    : registry_(registry),
      on_changed_(std::move(on_changed)),
      worker_("pusher_app_sync", [this, interval](const std::stop_token&) {
          run_once();
          return interval;
      }) {}

void PusherAppSync::run_once() {
    auto listed = registry_.list();
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
    log::info("apps_changed", {{"additional", known_->apps.size()}});
    for (const std::string& id : known_->unreadable) {
        log::error("app_secret_unreadable", {{"app", id}});
    }
    on_changed_(known_->apps);
}

}  // namespace orderpush::usecases
