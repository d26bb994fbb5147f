#include "base/observability/log.hpp"
#include "main/application.hpp"
#include "main/web_folder.hpp"
#include "storage/database/schema.hpp"

#include <algorithm>
#include <utility>

/// The service's way from its start to its end; how it is put together stands in application.cpp.
namespace orderpush {
namespace {

PublicUrl public_url_of(const Settings& settings, std::uint16_t bound_port) {
    return settings.public_url.value_or(PublicUrl{
        .is_tls = !settings.tls_files.certificate.empty(), .host = "localhost", .port = bound_port}
    );
}

}  // namespace

Application::~Application() {
    stop();
}

Result<std::uint16_t> Application::start() {
    if (auto loaded = load_certificate(); !loaded) {
        return std::move(loaded).error();
    }
    auto port = door_.listen();
    if (!port) {
        return port;
    }
    open_to_public(*port);
    schema_.open();
    return port;
}

void Application::open_to_public(std::uint16_t port) {
    const PublicUrl url = public_url_of(settings_, port);
    origins_ = OriginPolicy::parse(settings_.cors_allowed_origins, url.origin()).value();
    realtime_service_.emplace(realtime_dependencies(url));
    api_.emplace(
        http::Services{
            .authenticator = authenticator_,
            .orders = order_service_,
            .tickets = ticket_service_,
            .sessions = session_service_,
            .menus = menu_service_,
            .kitchen = kitchen_service_,
            .staff = staff_service_,
            .api_keys = api_key_service_,
            .tables = table_service_,
            .payments = payment_service_,
            .realtime = *realtime_service_,
            .catch_up = catch_up_service_,
            .presence = presence_service_,
            .deliveries = delivery_service_,
            .receipts = receipt_service_,
            .timelines = timeline_service_,
            .operations = operations_service_,
            .outgoing_webhooks = outgoing_webhooks_.service(),
            .restaurant_webhooks = outgoing_webhooks_.restaurants(),
            .webhooks = webhook_service_,
            .ids = ids_,
            .readiness = [this] { return readiness(); },
            .ably_tokens = ably_tokens(),
            .metrics = {.registry = &metrics_, .token = settings_.metrics_token}},
        http::ApiOptions{
            .origins = origins_,
            .proxies = settings_.trusted_proxies,
            .limits =
                {.per_address = settings_.rate_limit_address,
                 .per_caller = settings_.rate_limit_caller,
                 .per_api_key = settings_.rate_limit_api_key},
            .web = load_web_folder(settings_.web_dir)}
    );
    shards_.start();
}

/// The schema, then the streams: what is recorded from then on is known to be for all of them.
Result<void> Application::prepare_schema() {
    if (!settings_.is_migrating_on_start) {
        if (auto current = storage::check_schema(database_); !current) {
            return current;
        }
        return streams_.set(push_.names(), clock_.now());
    }
    const auto report = ORDERPUSH_TRY(storage::migrate(settings_.database_direct_url));
    log::info("schema_ready", {{"version", report.version}, {"applied", report.applied_count}});
    return streams_.set(push_.names(), clock_.now());
}

Result<void> Application::readiness() {
    if (is_draining_) {
        return Error{
            .kind = ErrorKind::kUnavailable,
            .code = "draining",
            .message = "The service is stopping."};
    }
    if (!schema_.is_open()) {
        return Error{
            .kind = ErrorKind::kUnavailable,
            .code = "schema_not_ready",
            .message = "The database has not been reached yet, or its schema is not current."};
    }
    if (cluster_bridge_ && !cluster_bridge_->is_complete()) {
        return Error{
            .kind = ErrorKind::kUnavailable,
            .code = "joining",
            .message = "The other instances have not told yet who is connected to them."};
    }
    return storage::check_schema(database_);
}

void Application::start_work() {
    instance_watch_.start();
    if (broker_) {
        broker_->start(*cluster_bridge_);
    }
    stats_publisher_.start();
    push_.start();
    start_presence();
    kitchen_watch_.start();
    retention_job_.start();
    app_refresher_.start();
    outgoing_webhooks_.start();
}

void Application::start_presence() {
    if (std::ranges::find(settings_.push_adapters, "builtin") != settings_.push_adapters.end()) {
        presence_feed_.start();
    }
    presence_reconciler_.start();
    webhook_processor_.start();
}

Result<void> Application::load_certificate() {
    if (settings_.tls_files.certificate.empty()) {
        return {};
    }
    auto credentials = ORDERPUSH_TRY(TlsCredentials::load(settings_.tls_files));
    const TlsCredentials& loaded = *credentials;
    log::info("certificate_loaded", {{"endsAt", loaded.ends_at()}});
    if (loaded.is_out_of_date()) {
        log::error("certificate_out_of_date", {{"endsAt", loaded.ends_at()}});
    }
    door_.use_tls(std::move(credentials));
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

void Application::stop_now() {
    {
        const std::scoped_lock lock{hurry_mutex_};
        is_stopping_now_ = true;
    }
    hurried_.notify_all();
    door_.stop_now();
    sockets_.stop_now();
}

void Application::give_notice(Deadline deadline) {
    if (settings_.shutdown_notice.count() == 0) {
        return;
    }
    door_.drain();
    const auto until = std::chrono::steady_clock::now() + settings_.shutdown_notice;
    std::unique_lock lock{hurry_mutex_};
    hurried_.wait_until(lock, std::min(until, deadline), [this] { return is_stopping_now_; });
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
    outgoing_webhooks_.drain();
    door_.stop(deadline);
    kitchen_watch_.stop();
    stats_publisher_.stop();
    push_.stop();
    presence_reconciler_.stop();
    webhook_processor_.stop();
    sockets_.stop(deadline, settings_.shutdown_spread);
    leave_cluster(deadline);
    http_pool_.stop();
    presence_feed_.stop();
    shards_.stop();
    outgoing_webhooks_.stop();
}

void Application::leave_cluster(Deadline deadline) {
    if (broker_) {
        cluster_bridge_->announce_leave();
        broker_->stop(deadline);
    }
    instance_watch_.stop();
}

}  // namespace orderpush
