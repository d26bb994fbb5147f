#include "storage/stores.hpp"

#include "core/access/staff_store.hpp"
#include "core/audit_store.hpp"
#include "core/cluster/instance_registry.hpp"
#include "core/delivery/announcements.hpp"
#include "core/delivery/delivery_store.hpp"
#include "core/events/event_log.hpp"
#include "core/events/recovery_store.hpp"
#include "core/idempotency_store.hpp"
#include "core/incoming_webhooks/incoming_webhook_store.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/kitchen/kitchen_store.hpp"
#include "core/kitchen/receipt_store.hpp"
#include "core/kitchen/stats_store.hpp"
#include "core/operations/operations_store.hpp"
#include "core/operations/retention.hpp"
#include "core/orders/order_store.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/presence/presence_store.hpp"
#include "core/pusher_apps/pusher_app_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "core/restaurant/restaurant_store.hpp"
#include "core/tables/session_store.hpp"
#include "core/tables/table_store.hpp"
#include "storage/store_factories.hpp"

namespace orderpush::storage {

Stores::Stores(DbPool& pool, const Clock& clock)
    : alarms_(make_alarm_store(pool)),
      announcements_(make_announcements(pool)),
      audit_(make_audit_store(pool)),
      deliveries_(make_delivery_store(pool)),
      events_(make_event_log(pool)),
      idempotency_(make_idempotency_store(pool, clock)),
      incoming_webhooks_(make_incoming_webhook_store(pool)),
      instances_(make_instance_registry(pool)),
      kitchen_(make_kitchen_store(pool)),
      menus_(make_menu_store(pool)),
      operations_(make_operations_store(pool)),
      orders_(make_order_store(pool)),
      outgoing_webhooks_(make_outgoing_webhook_store(pool)),
      payments_(make_payment_store(pool)),
      presence_(make_presence_store(pool)),
      pusher_apps_(make_pusher_app_store(pool)),
      receipts_(make_receipt_store(pool)),
      recovery_(make_recovery_store(pool)),
      restaurants_(make_restaurant_store(pool)),
      restaurant_webhooks_(make_restaurant_webhook_store(pool)),
      retention_(make_retention(pool)),
      sessions_(make_session_store(pool)),
      staff_(make_staff_store(pool)),
      stats_(make_stats_store(pool)),
      tables_(make_table_store(pool)) {}

Stores::~Stores() = default;

}  // namespace orderpush::storage
