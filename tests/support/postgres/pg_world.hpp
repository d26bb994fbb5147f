#pragma once

#include "storage/access/pg_staff_store.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/delivery/pg_announcements.hpp"
#include "storage/delivery/pg_delivery_store.hpp"
#include "storage/delivery/pg_outbox.hpp"
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
#include "storage/outgoing_webhooks/pg_outgoing_webhook_store.hpp"
#include "storage/payments/pg_payment_store.hpp"
#include "storage/presence/pg_presence_store.hpp"
#include "storage/pusher_apps/pg_pusher_app_store.hpp"
#include "storage/restaurant/pg_menu_store.hpp"
#include "storage/tables/pg_session_store.hpp"
#include "storage/tables/pg_table_store.hpp"
#include "tests/support/postgres/store_world.hpp"
#include "tests/support/postgres/test_database.hpp"

namespace orderpush::test {

/// The stores over PostgreSQL. One database serves all worlds of the process; each begins by
/// emptying it, so there is one world at a time.
class PgWorld final : public StoreWorld {
  public:
    PgWorld();

    OrderStore& orders() override { return orders_; }
    IdempotencyStore& idempotency() override { return idempotency_; }
    SessionStore& sessions() override { return sessions_; }
    MenuStore& menus() override { return menus_; }
    StaffStore& staff() override { return staff_; }
    TableStore& tables() override { return tables_; }
    PaymentStore& payments() override { return payments_; }
    Outbox& outbox() override { return outbox_; }
    std::unique_ptr<Outbox> another_outbox() override {
        return std::make_unique<storage::PgOutbox>(storage::PgOutboxOptions{.url = database_.url()}
        );
    }
    RelayStreams& streams() override { return streams_; }
    DeliveryStore& deliveries() override { return deliveries_; }
    Announcements& announcements() override { return announcements_; }
    EventLog& events() override { return events_; }
    Retention& retention() override { return retention_; }
    KitchenStore& kitchen() override { return kitchen_; }
    StatsStore& stats() override { return stats_; }
    AlarmStore& alarms() override { return alarms_; }
    ReceiptStore& receipts() override { return receipts_; }
    OperationsStore& operations() override { return operations_; }
    OutgoingWebhookStore& webhooks() override { return webhooks_; }
    RestaurantWebhookStore& restaurant_webhooks() override { return webhooks_; }
    PusherAppStore& apps() override { return apps_; }
    PresenceStore& presence() override { return presence_; }
    IncomingWebhookStore& webhook_receipts() override { return webhook_receipts_; }

    void add_branch(const Branch& branch) override;
    void add_table(const Table& table, const std::string& qr_token) override;
    void add_station(const Station& station) override;
    void add_menu_item(const MenuItem& item) override;
    void add_staff(const Staff& staff, bool is_active) override;
    void add_api_key(const std::string& key_hash, const ApiClient& client, bool is_revoked)
        override;
    void close_session(const SessionId& id, Timestamp at) override;

    TestDatabase& database() { return database_; }
    storage::DbPool& pool() { return pool_; }

  private:
    template <class... Args>
    void execute(const std::string& sql, Args&&... args);

    TestDatabase& database_;
    /// For filling; the stores have their own connections.
    pqxx::connection connection_;
    storage::DbPool pool_;
    storage::PgOrderStore orders_{pool_};
    storage::PgIdempotencyStore idempotency_{pool_, clock};
    storage::PgSessionStore sessions_{pool_};
    storage::PgMenuStore menus_{pool_};
    storage::PgStaffStore staff_{pool_};
    storage::PgTableStore tables_{pool_};
    storage::PgPaymentStore payments_{pool_};
    storage::PgOutbox outbox_;
    storage::PgRelayStreams streams_{database_.url()};
    storage::PgDeliveryStore deliveries_{pool_};
    storage::PgAnnouncements announcements_{pool_};
    storage::PgEventLog events_{pool_};
    storage::PgRetention retention_{pool_};
    storage::PgKitchenStore kitchen_{pool_};
    storage::PgStatsStore stats_{pool_};
    storage::PgAlarmStore alarms_{pool_};
    storage::PgReceiptStore receipts_{pool_};
    storage::PgOperationsStore operations_{pool_};
    storage::PgOutgoingWebhookStore webhooks_{pool_};
    storage::PgPusherAppStore apps_{pool_};
    storage::PgPresenceStore presence_{pool_};
    storage::PgIncomingWebhookStore webhook_receipts_{pool_};
};

}  // namespace orderpush::test
