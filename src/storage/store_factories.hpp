#pragma once

#include <memory>
#include <string>

namespace orderpush {

class AlarmStore;
class Announcements;
class AuditStore;
class Clock;
class DeliveryStore;
class EpochStore;
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
class RelayStreams;
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

// The stores over the pool, one by one; it outlives them. Stores (stores.hpp) has all of them.

std::unique_ptr<AlarmStore> make_alarm_store(DbPool& pool);
std::unique_ptr<Announcements> make_announcements(DbPool& pool);
std::unique_ptr<AuditStore> make_audit_store(DbPool& pool);
std::unique_ptr<DeliveryStore> make_delivery_store(DbPool& pool);
std::unique_ptr<EventLog> make_event_log(DbPool& pool);
std::unique_ptr<IdempotencyStore> make_idempotency_store(DbPool& pool, const Clock& clock);
std::unique_ptr<IncomingWebhookStore> make_incoming_webhook_store(DbPool& pool);
std::unique_ptr<InstanceRegistry> make_instance_registry(DbPool& pool);
std::unique_ptr<KitchenStore> make_kitchen_store(DbPool& pool);
std::unique_ptr<MenuStore> make_menu_store(DbPool& pool);
std::unique_ptr<OperationsStore> make_operations_store(DbPool& pool);
std::unique_ptr<OrderStore> make_order_store(DbPool& pool);
std::unique_ptr<OutgoingWebhookStore> make_outgoing_webhook_store(DbPool& pool);
std::unique_ptr<PaymentStore> make_payment_store(DbPool& pool);
std::unique_ptr<PresenceStore> make_presence_store(DbPool& pool);
std::unique_ptr<PusherAppStore> make_pusher_app_store(DbPool& pool);
std::unique_ptr<ReceiptStore> make_receipt_store(DbPool& pool);
std::unique_ptr<RecoveryStore> make_recovery_store(DbPool& pool);
std::unique_ptr<RestaurantStore> make_restaurant_store(DbPool& pool);
std::unique_ptr<RestaurantWebhookStore> make_restaurant_webhook_store(DbPool& pool);
std::unique_ptr<Retention> make_retention(DbPool& pool);
std::unique_ptr<SessionStore> make_session_store(DbPool& pool);
std::unique_ptr<StaffStore> make_staff_store(DbPool& pool);
std::unique_ptr<StatsStore> make_stats_store(DbPool& pool);
std::unique_ptr<TableStore> make_table_store(DbPool& pool);

/// Connects for each call to the server itself: `url` is a libpq connection string or URI.
std::unique_ptr<RelayStreams> make_relay_streams(std::string url);
/// Looks through the pool; connects to the server itself to begin an epoch.
std::unique_ptr<EpochStore> make_epoch_store(DbPool& pool, std::string url);

}  // namespace orderpush::storage
