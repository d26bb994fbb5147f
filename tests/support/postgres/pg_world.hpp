#pragma once

#include "core/delivery/announcements.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/operations/retention.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/delivery/pg_outbox.hpp"
#include "storage/store_factories.hpp"
#include "storage/stores.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/postgres/test_database.hpp"
#include "tests/support/store_world.hpp"

namespace orderpush::test {

/// The stores over PostgreSQL. One database serves all worlds of the process; each begins by
/// emptying it, so there is one world at a time.
class PgWorld final : public StoreWorld {
  public:
    PgWorld();

    OrderStore& orders() override { return stores_.orders(); }
    IdempotencyStore& idempotency() override { return stores_.idempotency(); }
    SessionStore& sessions() override { return stores_.sessions(); }
    MenuStore& menus() override { return stores_.menus(); }
    StaffStore& staff() override { return stores_.staff(); }
    RestaurantStore& restaurants() override { return stores_.restaurants(); }
    AuditStore& audit() override { return stores_.audit(); }
    TableStore& tables() override { return stores_.tables(); }
    PaymentStore& payments() override { return stores_.payments(); }
    Outbox& outbox() override { return outbox_; }
    std::unique_ptr<Outbox> another_outbox() override {
        return std::make_unique<storage::PgOutbox>(storage::PgOutboxOptions{.url = database_.url()}
        );
    }
    RelayStreams& streams() override { return *streams_; }
    DeliveryStore& deliveries() override { return stores_.deliveries(); }
    EventLog& events() override { return stores_.events(); }
    KitchenStore& kitchen() override { return stores_.kitchen(); }
    StatsStore& stats() override { return stores_.stats(); }
    AlarmStore& alarms() override { return stores_.alarms(); }
    ReceiptStore& receipts() override { return stores_.receipts(); }
    OperationsStore& operations() override { return stores_.operations(); }
    OutgoingWebhookStore& webhooks() override { return stores_.outgoing_webhooks(); }
    RestaurantWebhookStore& restaurant_webhooks() override { return stores_.restaurant_webhooks(); }
    PusherAppStore& apps() override { return stores_.pusher_apps(); }
    PresenceStore& presence() override { return stores_.presence(); }
    IncomingWebhookStore& webhook_receipts() override { return stores_.incoming_webhooks(); }

    void add_branch(const Branch& branch) override;
    void add_table(const Table& table, const std::string& qr_token) override;
    void add_station(const Station& station) override;
    void add_menu_item(const MenuItem& item) override;
    void add_staff(const Staff& staff, bool is_active) override;
    void add_api_key(const std::string& key_hash, const ApiClient& client, bool is_revoked)
        override;
    void close_session(const SessionId& id, Timestamp at) override;
    void set_close_sessions(const BranchId& branch, CloseSessions rule) override;

    // Without a fake:
    Announcements& announcements() { return stores_.announcements(); }
    Retention& retention() { return stores_.retention(); }
    RecoveryStore& recovery() { return stores_.recovery(); }

    TestDatabase& database() { return database_; }
    storage::DbPool& pool() { return pool_; }

  private:
    template <class... Args>
    void execute(const std::string& sql, Args&&... args);

    TestDatabase& database_;
    /// For filling; the stores have their own connections.
    pqxx::connection connection_;
    storage::DbPool pool_;
    storage::Stores stores_{pool_, clock};
    storage::PgOutbox outbox_;
    const std::unique_ptr<RelayStreams> streams_ = storage::make_relay_streams(database_.url());
};

}  // namespace orderpush::test
