#include "main/service/application.hpp"

#include "main/metrics/service_metrics.hpp"

#include <algorithm>
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
          {.readiness = [this] { return readiness_.state(); },
           .may_write = [this] { return readiness_.may_write(); }}
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
      ),
      readiness_(schema_, cluster_, database_.pool) {
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
    std::vector<const Worker*> all{&cluster_.heartbeat(), &memory_return_.worker()};
    for (const auto& some :
         {presence_.workers(),
          delivery_.workers(),
          jobs_.workers(),
          outgoing_webhooks_.workers()}) {
        std::ranges::copy(some, std::back_inserter(all));
    }
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

void Application::start_workers() {
    cluster_.start();
    delivery_.start();
    presence_.start(platform_.settings.has_builtin());
    jobs_.start();
    outgoing_webhooks_.start();
}

}  // namespace orderpush
