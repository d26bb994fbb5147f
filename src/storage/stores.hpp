#pragma once

#include <memory>

namespace orderpush {

class AlarmStore;
class Announcements;
class AuditStore;
class Clock;
class DeliveryStore;
class EventLog;
class IdempotencyStore;
class IncomingWebhookStore;
class InstanceRegistry;
class KitchenStore;
class MenuStore;
class OperationsStore;
class OrderStore;
class OutgoingWebhookStore;
class PaymentStore;
class PresenceStore;
class PusherAppStore;
class ReceiptStore;
class RecoveryStore;
class RestaurantStore;
class RestaurantWebhookStore;
class Retention;
class SessionStore;
class StaffStore;
class StatsStore;
class TableStore;

}  // namespace orderpush

namespace orderpush::storage {

class DbPool;

/// Every store over one pool of connections. What needs a connection of its own stands apart: the
/// outbox, the relay streams, the broker.
class Stores {
  public:
    /// Both outlive it.
    Stores(DbPool& pool, const Clock& clock);
    Stores(const Stores&) = delete;
    Stores& operator=(const Stores&) = delete;
    ~Stores();

    AlarmStore& alarms() noexcept { return *alarms_; }
    Announcements& announcements() noexcept { return *announcements_; }
    AuditStore& audit() noexcept { return *audit_; }
    DeliveryStore& deliveries() noexcept { return *deliveries_; }
    EventLog& events() noexcept { return *events_; }
    IdempotencyStore& idempotency() noexcept { return *idempotency_; }
    IncomingWebhookStore& incoming_webhooks() noexcept { return *incoming_webhooks_; }
    InstanceRegistry& instances() noexcept { return *instances_; }
    KitchenStore& kitchen() noexcept { return *kitchen_; }
    MenuStore& menus() noexcept { return *menus_; }
    OperationsStore& operations() noexcept { return *operations_; }
    OrderStore& orders() noexcept { return *orders_; }
    OutgoingWebhookStore& outgoing_webhooks() noexcept { return *outgoing_webhooks_; }
    PaymentStore& payments() noexcept { return *payments_; }
    PresenceStore& presence() noexcept { return *presence_; }
    PusherAppStore& pusher_apps() noexcept { return *pusher_apps_; }
    ReceiptStore& receipts() noexcept { return *receipts_; }
    RecoveryStore& recovery() noexcept { return *recovery_; }
    RestaurantStore& restaurants() noexcept { return *restaurants_; }
    RestaurantWebhookStore& restaurant_webhooks() noexcept { return *restaurant_webhooks_; }
    Retention& retention() noexcept { return *retention_; }
    SessionStore& sessions() noexcept { return *sessions_; }
    StaffStore& staff() noexcept { return *staff_; }
    StatsStore& stats() noexcept { return *stats_; }
    TableStore& tables() noexcept { return *tables_; }

  private:
    const std::unique_ptr<AlarmStore> alarms_;
    const std::unique_ptr<Announcements> announcements_;
    const std::unique_ptr<AuditStore> audit_;
    const std::unique_ptr<DeliveryStore> deliveries_;
    const std::unique_ptr<EventLog> events_;
    const std::unique_ptr<IdempotencyStore> idempotency_;
    const std::unique_ptr<IncomingWebhookStore> incoming_webhooks_;
    const std::unique_ptr<InstanceRegistry> instances_;
    const std::unique_ptr<KitchenStore> kitchen_;
    const std::unique_ptr<MenuStore> menus_;
    const std::unique_ptr<OperationsStore> operations_;
    const std::unique_ptr<OrderStore> orders_;
    const std::unique_ptr<OutgoingWebhookStore> outgoing_webhooks_;
    const std::unique_ptr<PaymentStore> payments_;
    const std::unique_ptr<PresenceStore> presence_;
    const std::unique_ptr<PusherAppStore> pusher_apps_;
    const std::unique_ptr<ReceiptStore> receipts_;
    const std::unique_ptr<RecoveryStore> recovery_;
    const std::unique_ptr<RestaurantStore> restaurants_;
    const std::unique_ptr<RestaurantWebhookStore> restaurant_webhooks_;
    const std::unique_ptr<Retention> retention_;
    const std::unique_ptr<SessionStore> sessions_;
    const std::unique_ptr<StaffStore> staff_;
    const std::unique_ptr<StatsStore> stats_;
    const std::unique_ptr<TableStore> tables_;
};

}  // namespace orderpush::storage
