#pragma once

#include "core/access/caller.hpp"
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
#include "tests/support/memory/empty_reports.hpp"
#include "tests/support/memory/empty_restaurants.hpp"
#include "tests/support/memory/memory_kitchen.hpp"
#include "tests/support/memory/memory_outgoing_webhook_store.hpp"
#include "tests/support/memory/memory_presence.hpp"
#include "tests/support/memory/memory_pusher_app_store.hpp"
#include "tests/support/memory/memory_receipt_store.hpp"
#include "tests/support/memory/memory_restaurant_stores.hpp"
#include "tests/support/memory/memory_stores.hpp"
#include "tests/support/store_world.hpp"

namespace orderpush::test {

/// The fakes.
class MemoryWorld final : public StoreWorld {
  public:
    OrderStore& orders() override { return orders_; }
    IdempotencyStore& idempotency() override { return idempotency_; }
    SessionStore& sessions() override { return sessions_; }
    MenuStore& menus() override { return menus_; }
    StaffStore& staff() override { return staff_; }
    RestaurantStore& restaurants() override { return restaurants_; }
    AuditStore& audit() override { return audit_; }
    TableStore& tables() override { return tables_; }
    PaymentStore& payments() override { return payments_; }
    Outbox& outbox() override { return outbox_; }
    std::unique_ptr<Outbox> another_outbox() override {
        return std::make_unique<MemoryOutbox>(database_);
    }
    RelayStreams& streams() override { return streams_; }
    DeliveryStore& deliveries() override { return deliveries_; }
    EventLog& events() override { return events_; }
    KitchenStore& kitchen() override { return kitchen_; }
    StatsStore& stats() override { return stats_; }
    AlarmStore& alarms() override { return alarms_; }
    ReceiptStore& receipts() override { return receipts_; }
    OperationsStore& operations() override { return operations_; }
    OutgoingWebhookStore& webhooks() override { return webhooks_; }
    RestaurantWebhookStore& restaurant_webhooks() override { return webhooks_; }
    PusherAppStore& apps() override { return apps_; }
    PresenceStore& presence() override { return presence_.store(); }
    IncomingWebhookStore& webhook_receipts() override { return presence_.receipts(); }

    void add_branch(const Branch& branch) override { database_.add_branch(branch); }
    void add_table(const Table& table, const std::string& qr_token) override {
        database_.add_table(table, qr_token);
    }
    void add_station(const Station& station) override { database_.add_station(station); }
    void add_menu_item(const MenuItem& item) override { database_.add_menu_item(item); }
    void add_staff(const Staff& staff, bool is_active) override {
        database_.add_staff(staff, is_active);
    }
    void add_api_key(const std::string& key_hash, const ApiClient& client, bool is_revoked)
        override {
        database_.add_api_key(key_hash, client, is_revoked);
    }
    void close_session(const SessionId& id, Timestamp at) override {
        database_.close_session(id, at);
    }
    void set_close_sessions(const BranchId& branch, CloseSessions rule) override {
        database_.with([&](MemoryDatabase::Rows& rows) {
            rows.branches.at(branch).close_sessions = rule;
        });
    }

    /// As MemoryDatabase::fingerprint().
    std::string fingerprint() { return database_.fingerprint(); }

  private:
    MemoryDatabase database_;
    MemoryOrderStore orders_{database_};
    MemoryIdempotencyStore idempotency_{database_, clock};
    MemorySessionStore sessions_{database_};
    MemoryMenuStore menus_{database_};
    MemoryStaffStore staff_{database_};
    EmptyRestaurantStore restaurants_;
    EmptyAuditStore audit_;
    MemoryTableStore tables_{database_};
    MemoryPaymentStore payments_{database_};
    MemoryOutbox outbox_{database_};
    MemoryRelayStreams streams_{database_};
    EmptyDeliveryStore deliveries_;
    MemoryEventLog events_{database_};
    MemoryKitchenStore kitchen_{database_};
    MemoryStatsStore stats_{database_};
    MemoryOutgoingWebhookStore webhooks_{database_};
    MemoryAlarmStore alarms_{database_, webhooks_};
    MemoryReceiptStore receipts_{database_};
    EmptyOperationsStore operations_;
    MemoryPusherAppStore apps_;
    MemoryPresence presence_;
};

}  // namespace orderpush::test
