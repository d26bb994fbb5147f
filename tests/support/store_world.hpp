#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"

#include <memory>
#include <string>

namespace orderpush {

class AlarmStore;
class AuditStore;
class DeliveryStore;
class EventLog;
class IdempotencyStore;
class IncomingWebhookStore;
class KitchenStore;
class MenuStore;
class OperationsStore;
class OrderStore;
class Outbox;
class OutgoingWebhookStore;
class PaymentStore;
class PresenceStore;
class PusherAppStore;
class ReceiptStore;
class RelayStreams;
class RestaurantStore;
class RestaurantWebhookStore;
class SessionStore;
class StaffStore;
class StatsStore;
class TableStore;
enum class CloseSessions;
struct ApiClient;
struct Branch;
struct MenuItem;
struct Staff;
struct Station;
struct Table;

}  // namespace orderpush

namespace orderpush::test {

class ManualClock;

/// One implementation of all store ports, empty at first, and the means to fill it. A test includes
/// the headers of those ports that it uses.
class StoreWorld {
  public:
    StoreWorld();
    StoreWorld(const StoreWorld&) = delete;
    StoreWorld& operator=(const StoreWorld&) = delete;
    virtual ~StoreWorld();

    virtual OrderStore& orders() = 0;
    virtual IdempotencyStore& idempotency() = 0;
    virtual SessionStore& sessions() = 0;
    virtual MenuStore& menus() = 0;
    virtual StaffStore& staff() = 0;
    virtual RestaurantStore& restaurants() = 0;
    virtual AuditStore& audit() = 0;
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
    virtual void set_close_sessions(const BranchId& branch, CloseSessions rule) = 0;

  private:
    const std::unique_ptr<ManualClock> owned_clock_;

  public:
    ManualClock& clock;
};

}  // namespace orderpush::test
