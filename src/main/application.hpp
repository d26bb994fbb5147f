#pragma once

#include "adapters/builtin/builtin_presence_feed.hpp"
#include "base/clock.hpp"
#include "base/crypto/jwt.hpp"
#include "base/crypto/uuid.hpp"
#include "base/observability/metrics.hpp"
#include "base/thread_pool.hpp"
#include "core/access/origin_policy.hpp"
#include "http/api.hpp"
#include "http_server/http_server.hpp"
#include "main/adapters.hpp"
#include "main/outgoing_webhooks.hpp"
#include "main/push_streams.hpp"
#include "main/schema_readiness.hpp"
#include "main/settings/settings.hpp"
#include "net/curl_http_client.hpp"
#include "realtime/cluster/cluster_bridge.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/kitchen_display/kitchen_display_protocol.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/pusher/pusher_api.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/sockets/websocket_server.hpp"
#include "storage/access/pg_staff_store.hpp"
#include "storage/cluster/pg_broker.hpp"
#include "storage/cluster/pg_instance_registry.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/delivery/pg_announcements.hpp"
#include "storage/delivery/pg_delivery_store.hpp"
#include "storage/delivery/pg_relay_streams.hpp"
#include "storage/events/pg_event_log.hpp"
#include "storage/incoming_webhooks/pg_incoming_webhook_store.hpp"
#include "storage/kitchen/pg_alarm_store.hpp"
#include "storage/kitchen/pg_kitchen_store.hpp"
#include "storage/kitchen/pg_receipt_store.hpp"
#include "storage/kitchen/pg_stats_store.hpp"
#include "storage/operations/pg_operations_store.hpp"
#include "storage/operations/pg_retention.hpp"
#include "storage/orders/pg_idempotency_store.hpp"
#include "storage/orders/pg_order_store.hpp"
#include "storage/payments/pg_payment_store.hpp"
#include "storage/presence/pg_presence_store.hpp"
#include "storage/pusher_apps/pg_pusher_app_store.hpp"
#include "storage/restaurant/pg_menu_store.hpp"
#include "storage/tables/pg_session_store.hpp"
#include "storage/tables/pg_table_store.hpp"
#include "usecases/access/api_key_service.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/channel_access.hpp"
#include "usecases/access/realtime_service.hpp"
#include "usecases/access/staff_service.hpp"
#include "usecases/access/token_service.hpp"
#include "usecases/cluster/instance_heartbeat.hpp"
#include "usecases/delivery/delivery_service.hpp"
#include "usecases/delivery/provider_announcer.hpp"
#include "usecases/events/catch_up_service.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/incoming_webhooks/incoming_webhook_processor.hpp"
#include "usecases/incoming_webhooks/incoming_webhook_service.hpp"
#include "usecases/kitchen/kitchen_service.hpp"
#include "usecases/kitchen/receipt_metrics.hpp"
#include "usecases/kitchen/receipt_service.hpp"
#include "usecases/kitchen/stats_publisher.hpp"
#include "usecases/kitchen/ticket_service.hpp"
#include "usecases/kitchen/unseen_order_monitor.hpp"
#include "usecases/operations/operations_service.hpp"
#include "usecases/operations/retention_job.hpp"
#include "usecases/operations/timeline_service.hpp"
#include "usecases/orders/order_service.hpp"
#include "usecases/payments/payment_service.hpp"
#include "usecases/presence/presence_reconciler.hpp"
#include "usecases/presence/presence_service.hpp"
#include "usecases/presence/presence_view.hpp"
#include "usecases/pusher_apps/pusher_app_registry.hpp"
#include "usecases/pusher_apps/pusher_app_sync.hpp"
#include "usecases/restaurant/menu_service.hpp"
#include "usecases/tables/session_service.hpp"
#include "usecases/tables/table_service.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace orderpush {

/// The service: every part, wired. The members stand in the order in which they need each other.
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
    /// Serves new connections with what stands in the TLS files now; what cannot be used of them
    /// changes nothing and is logged. Any thread.
    void reload_certificate();
    /// A stop under way, or to come, waits for nobody. Any thread.
    void stop_now();
    /// Stops accepting, finishes requests, stops the relay, closes connections, joins. Takes the
    /// shutdown deadline, what a statement or a publish in hand may still take, and a migration in
    /// hand. Idempotent.
    void stop();

  private:
    Result<void> load_certificate();
    /// Serves on while load balancers notice.
    void give_notice(Deadline deadline);
    Result<void> prepare_schema();
    Result<void> readiness();
    /// The applications of the built-in server, as far as webhooks go. Any thread.
    std::vector<usecases::WebhookApp> webhook_apps() const;
    /// Whether a display of the branch's kitchen is online; true while that is not known, so that
    /// nobody is alarmed by a provider's silence.
    Result<bool> is_attended(const BranchId& branch);
    void start_presence();
    std::vector<usecases::FurtherRetention> further_retention();
    PushStreamsOptions push_options();
    usecases::RealtimeServiceDependencies realtime_dependencies(const PublicUrl& url);
    usecases::RealtimeEndpoint endpoint_of(const Adapter& adapter, const PublicUrl& url) const;
    /// Null if Ably is not among the adapters.
    usecases::TokenService* ably_tokens();
    void open_to_public(std::uint16_t port);
    void join_cluster();
    void leave_cluster(Deadline deadline);
    /// Of the threads that need the schema.
    void start_work();
    http_server::HttpServerHandlers handlers();

    const Settings settings_;
    std::atomic<bool> is_draining_{false};
    bool is_stopped_ = false;
    std::mutex hurry_mutex_;
    std::condition_variable hurried_;
    /// Guarded by hurry_mutex_.
    bool is_stopping_now_ = false;

    // What everything may use.
    metrics::Registry metrics_;
    SystemClock clock_;
    UuidV7Source ids_{clock_};
    JwtKeyring keyring_;

    // Storage.
    storage::DbPool database_;
    storage::PgOrderStore orders_;
    storage::PgIdempotencyStore idempotency_;
    storage::PgSessionStore sessions_;
    storage::PgMenuStore menus_;
    storage::PgKitchenStore kitchen_;
    storage::PgStaffStore staff_;
    storage::PgStatsStore stats_;
    storage::PgAlarmStore alarms_;
    storage::PgTableStore tables_;
    storage::PgPaymentStore payments_;
    storage::PgRelayStreams streams_;
    storage::PgAnnouncements announcements_;
    storage::PgDeliveryStore deliveries_;
    storage::PgEventLog events_;
    storage::PgReceiptStore receipts_;
    storage::PgOperationsStore operations_;
    storage::PgRetention retention_;
    storage::PgPusherAppStore app_store_;
    storage::PgPresenceStore presence_;
    storage::PgIncomingWebhookStore webhook_receipts_;
    storage::PgInstanceRegistry instances_;

    // The built-in server, the adapters, and the relays that feed them.
    OriginPolicy origins_;
    realtime::IoShards shards_;
    realtime::Hub hub_;
    const InstanceId instance_;
    /// With BROKER=postgres: what joins the hub to those of the other instances.
    std::optional<storage::PgBroker> broker_;
    std::optional<realtime::ClusterBridge> cluster_bridge_;
    usecases::InstanceHeartbeat instance_watch_;
    realtime::AppTable apps_;
    realtime::PusherProtocol pusher_;
    realtime::PusherApi pusher_api_;
    realtime::KitchenDisplayProtocol kitchen_displays_;
    realtime::WebSocketServer sockets_;
    adapters::BuiltinPresence hub_presence_;
    adapters::BuiltinPresenceFeed presence_feed_;
    net::CurlHttpClient http_client_;
    const std::vector<Adapter> adapters_;
    usecases::ProviderAnnouncer announcer_;
    PushStreams push_;
    usecases::StatsPublisher stats_publisher_;
    usecases::PresenceView roster_;
    usecases::PresenceReconciler presence_reconciler_;
    usecases::IncomingWebhookProcessor webhook_processor_;
    usecases::UnseenOrderMonitor kitchen_watch_;
    usecases::RetentionJob retention_job_;
    usecases::PusherAppRegistry app_directory_;
    usecases::PusherAppSync app_refresher_;
    OutgoingWebhooks outgoing_webhooks_;

    // Use cases.
    usecases::Authenticator authenticator_;
    usecases::IdempotencyGuard idempotency_guard_;
    usecases::OrderService order_service_;
    usecases::TicketService ticket_service_;
    usecases::SessionService session_service_;
    usecases::MenuService menu_service_;
    usecases::KitchenService kitchen_service_;
    usecases::StaffService staff_service_;
    usecases::ApiKeyService api_key_service_;
    usecases::TableService table_service_;
    usecases::PaymentService payment_service_;
    usecases::ChannelAccess channel_access_;
    usecases::CatchUpService catch_up_service_;
    usecases::PresenceService presence_service_;
    usecases::DeliveryService delivery_service_;
    usecases::ReceiptMetrics receipt_metrics_;
    usecases::ReceiptService receipt_service_;
    usecases::TimelineService timeline_service_;
    usecases::OperationsService operations_service_;
    usecases::IncomingWebhookService webhook_service_;

    // What needs to know the bound port: set by start(), before anything is served.
    std::optional<usecases::RealtimeService> realtime_service_;
    std::optional<usecases::TokenService> ably_tokens_;
    std::optional<http::Api> api_;

    // The way in.
    ThreadPool http_pool_;
    http_server::HttpServer door_;
    SchemaReadiness schema_;
};

}  // namespace orderpush
