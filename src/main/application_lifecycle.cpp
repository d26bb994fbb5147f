/// The certificate, which can be renewed while it serves, and how the service stops.

#include "base/log.hpp"
#include "main/application.hpp"

#include <algorithm>
#include <utility>

namespace orderpush {

Result<void> Application::load_certificate() {
    if (settings_.tls_files.certificate.empty()) {
        return {};
    }
    auto credentials = TlsCredentials::load(settings_.tls_files);
    if (!credentials) {
        return std::move(credentials).error();
    }
    const TlsCredentials& loaded = **credentials;
    log::info("certificate_loaded", {{"endsAt", loaded.ends_at()}});
    if (loaded.is_out_of_date()) {
        log::error("certificate_out_of_date", {{"endsAt", loaded.ends_at()}});
    }
    door_.use_tls(*std::move(credentials));
    return {};
}

void Application::reload_certificate() {
    if (settings_.tls_files.certificate.empty()) {
        log::info("nothing_to_reload");
        return;
    }
    if (const auto loaded = load_certificate(); !loaded) {
        log::error(
            "certificate_kept",
            {{"reason", loaded.error().message}, {"detail", loaded.error().detail}}
        );
    }
}

void Application::hurry() {
    {
        const std::scoped_lock lock{hurry_mutex_};
        is_hurried_ = true;
    }
    hurried_.notify_all();
    door_.hurry();
    sockets_.hurry();
}

void Application::give_notice(Deadline deadline) {
    if (settings_.shutdown_notice.count() == 0) {
        return;
    }
    door_.drain();
    const auto until = std::chrono::steady_clock::now() + settings_.shutdown_notice;
    std::unique_lock lock{hurry_mutex_};
    hurried_.wait_until(lock, std::min(until, deadline), [this] { return is_hurried_; });
}

void Application::stop() {
    if (is_stopped_) {
        return;
    }
    is_stopped_ = true;
    is_draining_ = true;
    const auto deadline = std::chrono::steady_clock::now() + settings_.shutdown_deadline;
    give_notice(deadline);
    schema_.stop();
    retention_job_.stop();
    app_refresher_.stop();
    door_.stop(deadline);
    kitchen_watch_.stop();
    stats_publisher_.stop();
    push_.stop();
    presence_reconciler_.stop();
    webhook_processor_.stop();
    sockets_.stop(deadline, settings_.shutdown_spread);
    http_pool_.stop();
    presence_feed_.stop();
    shards_.stop();
}

}  // namespace orderpush
