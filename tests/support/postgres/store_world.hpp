#pragma once

#include "core/access/staff_store.hpp"
#include "core/delivery/delivery_store.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/events/event_log.hpp"
#include "core/idempotency_store.hpp"
#include "core/incoming_webhooks/incoming_webhook_store.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/kitchen/kitchen_store.hpp"
#include "core/kitchen/receipt_store.hpp"
#include "core/kitchen/stats_store.hpp"
#include "core/operations/operations_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/presence/presence_store.hpp"
#include "core/pusher_apps/pusher_app_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "core/tables/session_store.hpp"
#include "core/tables/table_store.hpp"
#include "tests/support/manual_clock.hpp"

#include <memory>
#include <string>

namespace orderpush::test {

/// One implementation of all store ports, empty at first, and the means to fill it.
class StoreWorld {
  public:
    StoreWorld() = default;
    StoreWorld(const StoreWorld&) = delete;
    StoreWorld& operator=(const StoreWorld&) = delete;
    virtual ~StoreWorld() = default;

    virtual OrderStore& orders() = 0;
    virtual IdempotencyStore& idempotency() = 0;
    virtual SessionStore& sessions() = 0;
    virtual MenuStore& menus() = 0;
    virtual StaffStore& staff() = 0;
    virtual TableStore& tables() = 0;
    virtual PaymentStore& payments() = 0;
    virtual Outbox& outbox() = 0;
    /// The same outbox for a relay of its own.
    virtual std::unique_ptr<Outbox> another_outbox() = 0;
    virtual RelayStreams& streams() = 0;
    virtual DeliveryStore& deliveries() = 0;
    virtual EventLog& events() = 0;
    virtual KitchenStore& kitchen() = 0;
    virtual StatsStore& stats() = 0;
    virtual AlarmStore& alarms() = 0;
    virtual ReceiptStore& receipts() = 0;
    virtual OperationsStore& operations() = 0;
    virtual OutgoingWebhookStore& webhooks() = 0;
    virtual RestaurantWebhookStore& restaurant_webhooks() = 0;
    virtual PusherAppStore& apps() = 0;
    virtual PresenceStore& presence() = 0;
    virtual IncomingWebhookStore& webhook_receipts() = 0;

    /// Adds the restaurant and area that a row names, if they are new.
    virtual void add_branch(const Branch& branch) = 0;
    virtual void add_table(const Table& table, const std::string& qr_token) = 0;
    virtual void add_station(const Station& station) = 0;
    /// And its station, if it is new: named as its id.
    virtual void add_menu_item(const MenuItem& item) = 0;
    virtual void add_staff(const Staff& staff, bool is_active) = 0;
    virtual void add_api_key(
        const std::string& key_hash, const ApiClient& client, bool is_revoked
    ) = 0;
    virtual void close_session(const SessionId& id, Timestamp at) = 0;

    ManualClock clock;
};

}  // namespace orderpush::test
