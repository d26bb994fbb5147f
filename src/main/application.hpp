#pragma once

#include "adapters/builtin/builtin_presence_feed.hpp"
#include "app/api_key_service.hpp"
#include "app/app_directory.hpp"
#include "app/app_refresher.hpp"
#include "app/authenticator.hpp"
#include "app/catch_up_service.hpp"
#include "app/channel_access.hpp"
#include "app/delivery_service.hpp"
#include "app/idempotency.hpp"
#include "app/instance_watch.hpp"
#include "app/kitchen_service.hpp"
#include "app/kitchen_watch.hpp"
#include "app/menu_service.hpp"
#include "app/operations_service.hpp"
#include "app/order_service.hpp"
#include "app/payment_service.hpp"
#include "app/presence_reconciler.hpp"
#include "app/presence_service.hpp"
#include "app/provider_announcer.hpp"
#include "app/realtime_service.hpp"
#include "app/receipt_metrics.hpp"
#include "app/receipt_service.hpp"
#include "app/retention_job.hpp"
#include "app/roster.hpp"
#include "app/session_service.hpp"
#include "app/staff_service.hpp"
#include "app/stats_publisher.hpp"
#include "app/table_service.hpp"
#include "app/ticket_service.hpp"
#include "app/timeline_service.hpp"
#include "app/token_service.hpp"
#include "app/webhook_processor.hpp"
#include "app/webhook_service.hpp"
#include "base/clock.hpp"
#include "base/jwt.hpp"
#include "base/metrics.hpp"
#include "base/thread_pool.hpp"
#include "base/uuid.hpp"
#include "core/origin_policy.hpp"
#include "front_door/front_door.hpp"
#include "http/api.hpp"
#include "main/adapters.hpp"
#include "main/outgoing_webhooks.hpp"
#include "main/push_streams.hpp"
#include "main/schema_gate.hpp"
#include "main/settings.hpp"
#include "net/curl_http_client.hpp"
#include "realtime/apps.hpp"
#include "realtime/cluster_link.hpp"
#include "realtime/hub.hpp"
#include "realtime/io_shards.hpp"
#include "realtime/kitchen_display_protocol.hpp"
#include "realtime/pusher_api.hpp"
#include "realtime/pusher_protocol.hpp"
#include "realtime/websocket_server.hpp"
#include "storage/db_pool.hpp"
#include "storage/pg_alarm_store.hpp"
#include "storage/pg_announcements.hpp"
#include "storage/pg_app_store.hpp"
#include "storage/pg_broker.hpp"
#include "storage/pg_delivery_store.hpp"
#include "storage/pg_event_log.hpp"
#include "storage/pg_idempotency_store.hpp"
#include "storage/pg_instance_registry.hpp"
#include "storage/pg_kitchen_store.hpp"
#include "storage/pg_menu_store.hpp"
#include "storage/pg_operations_store.hpp"
#include "storage/pg_order_store.hpp"
#include "storage/pg_payment_store.hpp"
#include "storage/pg_presence_store.hpp"
#include "storage/pg_receipt_store.hpp"
#include "storage/pg_retention.hpp"
#include "storage/pg_session_store.hpp"
#include "storage/pg_staff_store.hpp"
#include "storage/pg_stats_store.hpp"
#include "storage/pg_streams.hpp"
#include "storage/pg_table_store.hpp"
#include "storage/pg_webhook_receipts.hpp"

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
    void hurry();
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
    std::vector<app::WebhookApp> webhook_apps() const;
    /// Whether a display of the branch's kitchen is online; true while that is not known, so that
    /// nobody is alarmed by a provider's silence.
    Result<bool> is_attended(const BranchId& branch);
    void start_presence();
    std::vector<app::FurtherRetention> further_retention();
    PushStreamsOptions push_options();
    app::RealtimeServiceDependencies realtime_dependencies(const PublicUrl& url);
    app::RealtimeEndpoint endpoint_of(const Adapter& adapter, const PublicUrl& url) const;
    /// Null if Ably is not among the adapters.
    app::TokenService* ably_tokens();
    void open_to_public(std::uint16_t port);
    void join_cluster();
    void leave_cluster(Deadline deadline);
    /// Of the threads that need the schema.
    void start_work();
    front_door::FrontDoorHandlers handlers();

    const Settings settings_;
    std::atomic<bool> is_draining_{false};
    bool is_stopped_ = false;
    std::mutex hurry_mutex_;
    std::condition_variable hurried_;
    /// Guarded by hurry_mutex_.
    bool is_hurried_ = false;

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
    storage::PgStreams streams_;
    storage::PgAnnouncements announcements_;
    storage::PgDeliveryStore deliveries_;
    storage::PgEventLog events_;
    storage::PgReceiptStore receipts_;
    storage::PgOperationsStore operations_;
    storage::PgRetention retention_;
    storage::PgAppStore app_store_;
    storage::PgPresenceStore presence_;
    storage::PgWebhookReceipts webhook_receipts_;
    storage::PgInstanceRegistry instances_;

    // The built-in server, the adapters, and the relays that feed them.
    OriginPolicy origins_;
    realtime::IoShards shards_;
    realtime::Hub hub_;
    const InstanceId instance_;
    /// With BROKER=postgres: what joins the hub to those of the other instances.
    std::optional<storage::PgBroker> broker_;
    std::optional<realtime::ClusterLink> link_;
    app::InstanceWatch instance_watch_;
    realtime::Apps apps_;
    realtime::PusherProtocol pusher_;
    realtime::PusherApi pusher_api_;
    realtime::KitchenDisplayProtocol kitchen_displays_;
    realtime::WebSocketServer sockets_;
    adapters::BuiltinPresence hub_presence_;
    adapters::BuiltinPresenceFeed presence_feed_;
    net::CurlHttpClient http_client_;
    const std::vector<Adapter> adapters_;
    app::ProviderAnnouncer announcer_;
    PushStreams push_;
    app::StatsPublisher stats_publisher_;
    app::Roster roster_;
    app::PresenceReconciler presence_reconciler_;
    app::WebhookProcessor webhook_processor_;
    app::KitchenWatch kitchen_watch_;
    app::RetentionJob retention_job_;
    app::AppDirectory app_directory_;
    app::AppRefresher app_refresher_;
    OutgoingWebhooks outgoing_webhooks_;

    // Use cases.
    app::Authenticator authenticator_;
    app::IdempotencyGuard idempotency_guard_;
    app::OrderService order_service_;
    app::TicketService ticket_service_;
    app::SessionService session_service_;
    app::MenuService menu_service_;
    app::KitchenService kitchen_service_;
    app::StaffService staff_service_;
    app::ApiKeyService api_key_service_;
    app::TableService table_service_;
    app::PaymentService payment_service_;
    app::ChannelAccess channel_access_;
    app::CatchUpService catch_up_service_;
    app::PresenceService presence_service_;
    app::DeliveryService delivery_service_;
    app::ReceiptMetrics receipt_metrics_;
    app::ReceiptService receipt_service_;
    app::TimelineService timeline_service_;
    app::OperationsService operations_service_;
    app::WebhookService webhook_service_;

    // What needs to know the bound port: set by start(), before anything is served.
    std::optional<app::RealtimeService> realtime_service_;
    std::optional<app::TokenService> ably_tokens_;
    std::optional<http::Api> api_;

    // The way in.
    ThreadPool http_pool_;
    front_door::FrontDoor door_;
    SchemaGate schema_;
};

}  // namespace orderpush
