#pragma once

#include "base/timestamp.hpp"
#include "core/access/staff_store.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/events/event_log.hpp"
#include "core/idempotency_store.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "core/tables/session_store.hpp"
#include "tests/support/memory/memory_database.hpp"
#include "tests/support/memory/memory_outgoing_webhook_store.hpp"

#include <chrono>

namespace orderpush {
class Clock;
}

namespace orderpush::test {

// The ports of core over a MemoryDatabase, which must outlive them. The contract suites hold them
// to what PostgreSQL does.

class MemoryOrderStore final : public OrderStore {
  public:
    explicit MemoryOrderStore(MemoryDatabase& database) : database_(database) {}

    Result<PlacementContext> placement_context(
        const SessionId& session, std::span<const MenuItemId> items, bool counts_unserved
    ) override;
    Result<std::vector<OrderOutline>> outline(const SessionId& session) override;
    Result<PlacedOrder> place(const NewOrder& order) override;
    Result<Order> find(const OrderId& id) override;
    Result<std::vector<Order>> list(const OrderFilter& filter) override;
    Result<Order> find_by_ticket(const TicketId& id) override;
    Result<void> change(const OrderChange& change) override;

  private:
    MemoryDatabase& database_;
};

class MemoryIdempotencyStore final : public IdempotencyStore {
  public:
    MemoryIdempotencyStore(MemoryDatabase& database, const Clock& clock)
        : database_(database), clock_(clock) {}

    Result<std::optional<StoredAnswer>> find(const RestaurantId& restaurant, std::string_view key)
        override;

  private:
    MemoryDatabase& database_;
    const Clock& clock_;
};

class MemorySessionStore final : public SessionStore {
  public:
    explicit MemorySessionStore(MemoryDatabase& database) : database_(database) {}

    Result<Table> find_table_by_qr(std::string_view qr_token) override;
    Result<JoinedSession> open_or_join(const NewSession& session) override;
    Result<TableSession> find(const SessionId& id) override;
    Result<ClosedSession> close(const SessionClosing& closing) override;
    Result<std::vector<TableSession>> list_finished(Timestamp until, int limit) override;
    Result<std::vector<TableSession>> list_open(const RestaurantId& restaurant, int limit) override;
    Result<Guest> find_guest_by_token_hash(std::string_view token_hash) override;
    Result<DepartedGuest> find_departed_guest(std::string_view token_hash) override;
    Result<std::pair<Table, std::optional<SessionId>>> find_table(const TableId& id) override;

  private:
    MemoryDatabase& database_;
};

class MemoryMenuStore final : public MenuStore {
  public:
    explicit MemoryMenuStore(MemoryDatabase& database) : database_(database) {}

    Result<Branch> find_branch(const BranchId& id) override;
    Result<std::vector<MenuItem>> list(const BranchId& branch) override;
    Result<Station> find_station(const BranchId& branch, const StationId& id) override;
    Result<MenuItem> find_item(const MenuItemId& id) override;
    Result<void> create_item(const NewMenuItem& item) override;
    Result<void> change_item(const MenuItemChange& change) override;

  private:
    MemoryDatabase& database_;
};

class MemoryStaffStore final : public StaffStore {
  public:
    explicit MemoryStaffStore(MemoryDatabase& database) : database_(database) {}

    Result<std::vector<StaffAccount>> list_by_email(std::string_view email) override;
    Result<Staff> find(const StaffId& id) override;
    Result<ApiClient> find_api_client_by_hash(std::string_view key_hash) override;
    Result<void> create(const NewStaff& staff) override;
    Result<Staff> end_logins(const LoginsEnd& end) override;
    Result<std::vector<TokenVersion>> list_ended_logins(Timestamp since) override;
    Result<void> create_api_key(const NewApiKey& key) override;
    Result<std::vector<ApiKey>> list_api_keys(const RestaurantId& restaurant, int limit) override;
    Result<void> revoke_api_key(const ApiKeyRevocation& revocation) override;
    Result<std::vector<Staff>> list(
        const RestaurantId& restaurant, const std::optional<BranchId>& branch, int limit
    ) override;
    Result<Staff> find_known(const RestaurantId& restaurant, const StaffId& id) override;
    Result<Staff> change(const StaffChange& change) override;

  private:
    MemoryDatabase& database_;
};

class MemoryOutbox final : public Outbox {
  public:
    explicit MemoryOutbox(MemoryDatabase& database) : database_(database) {}

    Result<std::vector<OutboxEntry>> claim(
        std::string_view adapter, std::size_t limit, Timestamp now
    ) override;
    Result<void> settle(
        std::string_view adapter, std::span<const Settlement> settlements, Timestamp now
    ) override;
    void release() noexcept override {}

  private:
    MemoryDatabase& database_;
};

class MemoryRelayStreams final : public RelayStreams {
  public:
    explicit MemoryRelayStreams(MemoryDatabase& database) : database_(database) {}

    Result<void> set(const std::vector<std::string>& names, Timestamp now) override;

  private:
    MemoryDatabase& database_;
};

class MemoryEventLog final : public EventLog {
  public:
    explicit MemoryEventLog(MemoryDatabase& database) : database_(database) {}

    Result<ChannelHistory> read(const Channel& channel, std::int64_t after, int limit) override;

  private:
    MemoryDatabase& database_;
};

class MemoryAlarmStore final : public AlarmStore {
  public:
    MemoryAlarmStore(MemoryDatabase& database, MemoryOutgoingWebhookStore& webhooks)
        : database_(database), webhooks_(webhooks) {}

    Result<std::vector<WaitingOrder>> waiting(const AlarmWatch& watch) override;
    Result<bool> raise(const NewAlarm& alarm) override;
    Result<void> clear(std::span<const BranchId> attended, Timestamp now) override;

  private:
    MemoryDatabase& database_;
    MemoryOutgoingWebhookStore& webhooks_;
};

}  // namespace orderpush::test
