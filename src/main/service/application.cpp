#include "main/service/application.hpp"

#include "core/error_codes.hpp"
#include "main/service/service_metrics.hpp"
#include "storage/database/schema.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace orderpush {

Application::Application(Settings settings, std::function<void(const Error& error)> on_refused)
    : platform_(std::move(settings)),
      database_(platform_),
      realtime_(platform_),
      cluster_(platform_, database_, realtime_.hub),
      adapters_(make_adapters(
          {.settings = platform_.settings,
           .hub = realtime_.hub,
           .http = platform_.http,
           .clock = platform_.machine_clock}
      )),
      presence_(platform_, database_, realtime_.hub, adapters_),
      delivery_(platform_, database_, adapters_, presence_),
      outgoing_webhooks_(
          {.settings = platform_.settings,
           .stores = database_.stores,
           .metrics = platform_.metrics,
           .ids = platform_.ids,
           .clock = platform_.clock,
           .apps = [this] { return realtime_.webhook_apps(); }}
      ),
      jobs_(platform_, database_, realtime_, presence_, delivery_, outgoing_webhooks_),
      services_(platform_, database_, adapters_, presence_, delivery_, jobs_.ended_logins),
      http_edge_(
          platform_,
          realtime_,
          services_,
          outgoing_webhooks_,
          {.readiness = [this] { return readiness(); }, .may_write = [this] { return may_write(); }}
      ),
      schema_(
          {.prepare =
               [this] {
                   return database_.prepare_schema(
                       delivery_.relays.names(), delivery_.database_watch
                   );
               },
           .on_ready = [this] { start_workers(); },
           .on_refused = std::move(on_refused)}
      ) {
    realtime_.hub.observe(outgoing_webhooks_.observer());
    collect_metrics(
        platform_.metrics,
        {.database = database_.pool,
         .deliveries = database_.stores.deliveries(),
         .adapters = delivery_.relays,
         .hub = realtime_.hub,
         .sockets = realtime_.sockets,
         .clock = platform_.clock,
         .workers = workers()}
    );
}

std::vector<const Worker*> Application::workers() const {
    std::vector<const Worker*> all{
        &cluster_.heartbeat(),
        &delivery_.database_watch.worker(),
        &jobs_.stats.worker(),
        &presence_.feed.worker(),
        &presence_.reconciler.worker(),
        &presence_.incoming_webhooks.worker(),
        &jobs_.unseen_orders.worker(),
        &jobs_.ended_logins.worker(),
        &jobs_.session_closer.worker(),
        &jobs_.retention.worker(),
        &jobs_.pusher_app_sync.worker(),
        &memory_return_.worker()};
    std::ranges::copy(delivery_.relays.workers(), std::back_inserter(all));
    std::ranges::copy(outgoing_webhooks_.workers(), std::back_inserter(all));
    return all;
}

Application::~Application() {
    stop();
}

Result<std::uint16_t> Application::start() {
    const auto port = ORDERPUSH_TRY(http_edge_.listen());
    realtime_.shards.start();
    memory_return_.start();
    schema_.open();
    return port;
}

Result<void> Application::readiness() {
    if (is_draining_) {
        return Error{
            .kind = ErrorKind::kUnavailable,
            .code = "draining",
            .message = "The service is stopping."};
    }
    ORDERPUSH_TRY(schema_.state());
    if (!cluster_.is_complete()) {
        return Error{
            .kind = ErrorKind::kUnavailable,
            .code = "joining",
            .message = "The other instances have not told yet who is connected to them."};
    }
    ORDERPUSH_TRY(storage::check_schema(database_.pool));
    return database_.pool.check_writable();
}

Result<void> Application::may_write() const {
    if (schema_.is_open()) {
        return {};
    }
    // What is committed now would be told to nobody: no stream is named, no relay runs.
    Error error = make_error("schema_not_ready");
    error.retry_after = std::chrono::seconds{1};
    return error;
}

void Application::start_workers() {
    cluster_.start();
    delivery_.database_watch.start();
    jobs_.stats.start();
    delivery_.relays.start();
    if (platform_.settings.has_builtin()) {
        presence_.feed.start();
    }
    presence_.reconciler.start();
    presence_.incoming_webhooks.start();
    jobs_.unseen_orders.start();
    jobs_.ended_logins.start();
    jobs_.session_closer.start();
    jobs_.retention.start();
    jobs_.pusher_app_sync.start();
    outgoing_webhooks_.start();
}

void Application::stop() {
    if (is_stopped_) {
        return;
    }
    is_stopped_ = true;
    is_draining_ = true;
    const auto deadline = std::chrono::steady_clock::now() + platform_.settings.shutdown_deadline;
    give_notice(deadline);
    // First what would begin more work; nothing is started behind it.
    schema_.stop();
    delivery_.database_watch.stop();
    jobs_.ended_logins.stop();
    jobs_.session_closer.stop();
    jobs_.retention.stop();
    jobs_.pusher_app_sync.stop();
    // Before clients are sent away: this instance records none of them as gone.
    outgoing_webhooks_.drain();
    // Their polls wait for an answer, and a stop for the requests in hand.
    realtime_.socketio.stop();
    http_edge_.stop(deadline);
    jobs_.unseen_orders.stop();
    jobs_.stats.stop();
    // What the last requests committed and is not relayed yet stays in the outbox.
    delivery_.relays.stop();
    presence_.reconciler.stop();
    presence_.incoming_webhooks.stop();
    realtime_.sockets.stop(deadline, platform_.settings.shutdown_spread);
    cluster_.leave(deadline);
    http_edge_.stop_threads();
    // It asks the hub, so the event loops still run.
    presence_.feed.stop();
    realtime_.shards.stop();
    // Last: until the loops ended the hub may have reported more.
    outgoing_webhooks_.stop();
    memory_return_.stop();
}

void Application::stop_now() {
    {
        const std::scoped_lock lock{stop_mutex_};
        is_stopping_now_ = true;
    }
    stop_changed_.notify_all();
    http_edge_.stop_now();
    realtime_.sockets.stop_now();
}

void Application::give_notice(Deadline deadline) {
    const auto notice = platform_.settings.shutdown_notice;
    if (notice.count() == 0) {
        return;
    }
    http_edge_.drain();
    const auto until = std::chrono::steady_clock::now() + notice;
    std::unique_lock lock{stop_mutex_};
    stop_changed_.wait_until(lock, std::min(until, deadline), [this] { return is_stopping_now_; });
}

}  // namespace orderpush
