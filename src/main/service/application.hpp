#pragma once

#include "base/result.hpp"
#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "main/delivery/adapters.hpp"
#include "main/delivery/outgoing_webhooks.hpp"
#include "main/lifecycle/memory_return.hpp"
#include "main/lifecycle/schema_readiness.hpp"
#include "main/lifecycle/shutdown_notice.hpp"
#include "main/service/cluster.hpp"
#include "main/service/database.hpp"
#include "main/service/delivery.hpp"
#include "main/service/http_edge.hpp"
#include "main/service/jobs.hpp"
#include "main/service/platform.hpp"
#include "main/service/presence.hpp"
#include "main/service/readiness.hpp"
#include "main/service/realtime.hpp"
#include "main/service/services.hpp"
#include "main/settings/settings.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace orderpush {

/// The service: its parts, in the order in which they need each other, their start and their stop.
class Application {
  public:
    /// `on_refused` is called, on another thread, if the schema turns out not to be this binary's:
    /// newer, or changed. Connects and binds nothing.
    Application(Settings settings, std::function<void(const Error& error)> on_refused);
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;
    /// As stop().
    ~Application();

    /// Binds the port and serves; the bound port, or why it cannot be bound. The schema is
    /// prepared, and the database waited for, in the background: until then /ready fails. Once.
    Result<std::uint16_t> start();
    /// As HttpEdge::reload_certificate(). Any thread.
    void reload_certificate() { http_edge_.reload_certificate(); }
    /// A stop under way, or to come, waits for nobody. Any thread.
    void stop_now();
    /// Stops accepting, finishes requests, stops the relay, closes connections, joins. Takes the
    /// shutdown deadline, what a statement or a publish in hand may still take, and a migration in
    /// hand. Idempotent.
    void stop();

  private:
    std::vector<const Worker*> workers() const;
    /// Starts the threads that need the schema.
    void start_workers();
    /// Serves on while load balancers notice.
    void give_notice(Deadline deadline);

    bool is_stopped_ = false;
    ShutdownNotice notice_;

    Platform platform_;
    MemoryReturn memory_return_;
    Database database_;
    Realtime realtime_;
    Cluster cluster_;
    const std::vector<Adapter> adapters_;
    Presence presence_;
    Delivery delivery_;
    OutgoingWebhooks outgoing_webhooks_;
    Jobs jobs_;
    Services services_;
    HttpEdge http_edge_;
    SchemaReadiness schema_;
    Readiness readiness_;
};

}  // namespace orderpush
