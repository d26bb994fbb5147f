#pragma once

#include "core/access/staff_store.hpp"
#include "core/delivery/outbox.hpp"
#include "core/idempotency_store.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/kitchen/kitchen_store.hpp"
#include "core/kitchen/receipt_store.hpp"
#include "core/orders/order.hpp"
#include "core/payments/payment.hpp"
#include "core/restaurant/restaurant.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace orderpush::test {

/// What the in-memory stores share. Tests fill it through the members below; the stores reach the
/// rows under the lock.
class MemoryDatabase {
  public:
    void add_branch(const Branch& branch);
    void add_table(const Table& table, const std::string& qr_token);
    void add_station(const Station& station);
    /// And its station, if it is new: named as its id.
    void add_menu_item(const MenuItem& item);
    void add_staff(const Staff& staff, bool is_active = true);
    void add_api_key(const std::string& key_hash, const ApiClient& client, bool is_revoked = false);
    void close_session(const SessionId& id, Timestamp at);

    /// The default of a branch.
    static constexpr std::int64_t kUnservedOrdersMax = 20;

    struct GuestRow {
        SessionId session;
        std::string device_id;
        std::optional<std::string> name;
    };
    struct KeyRow {
        StoredAnswer answer;
        Timestamp created_at;
    };
    struct KitchenStatsRow {
        KitchenStats stats;
        std::int64_t kitchen_seq = 0;
    };
    /// Stream, channel, seq.
    using DeliveryKey = std::tuple<std::string, Channel, std::int64_t>;
    struct DeliveryRow : Settlement {
        Timestamp updated_at = {};
        /// The attempts before, oldest first.
        std::vector<DeliveryRow> history = {};
    };
    struct ReceiptRow {
        std::optional<StaffId> staff;
        /// Whether the event stands on a kitchen's channel that the reporter hears.
        bool is_kitchen = false;
        Timestamp received_at;
        std::optional<Timestamp> seen_at;
    };
    using AlarmKey = std::tuple<OrderId, AlarmCause, AlarmStep>;
    struct AlarmRow {
        AlarmId id;
        Timestamp raised_at;
    };
    struct Rows {
        std::map<BranchId, Branch> branches;
        std::map<TableId, Table> tables;
        std::map<std::string, TableId> tables_by_qr;
        std::map<StationId, Station> stations;
        std::map<MenuItemId, MenuItem> menu_items;
        std::vector<std::pair<Staff, bool>> staff;
        std::map<StaffId, Timestamp> logins_ended_at;
        /// By the hash of the key; without the revoked.
        std::map<std::string, ApiClient> api_keys;
        std::map<ApiKeyId, ApiKey> api_key_rows;
        std::map<SessionId, TableSession> sessions;
        std::map<std::string, GuestRow> guests;
        std::map<OrderId, Order> orders;
        std::map<PaymentId, Payment> payments;
        std::map<std::pair<BranchId, std::chrono::sys_days>, int> order_numbers;
        std::map<std::pair<RestaurantId, std::string>, KeyRow> keys;
        /// The alarms that stand.
        std::map<AlarmKey, AlarmRow> alarms;
        /// When something was last seen in the kitchen, to the minute.
        std::map<BranchId, Timestamp> kitchen_sightings;
        /// In order of seq.
        std::map<Channel, std::vector<OutboxEntry>> outbox;
        std::map<Channel, std::int64_t> last_seqs;
        std::map<DeliveryKey, DeliveryRow> deliveries;
        /// By name: whether it is relayed.
        std::map<std::string, bool> streams;
        std::map<BranchId, KitchenStatsRow> kitchen_stats;
        /// By event and device.
        std::map<std::pair<EventId, std::string>, ReceiptRow> receipts;
        std::map<AlarmKey, std::vector<TracedAlarm>> told_alarms;

        /// The last entry of the channel that the stream is done with.
        std::int64_t settled_seq(const std::string& stream, const Channel& channel) const;
        std::optional<SessionId> open_session_of(const TableId& table) const;
        /// Those that a table of the branch stands in.
        std::map<AreaId, std::string> areas_of(const BranchId& branch) const;
        bool has_station(const BranchId& branch, const std::optional<StationId>& station) const;
        /// The table with its new values, also where sessions show it.
        void put_table(const Table& table);
        /// Closes an open session and leaves its table to be cleaned.
        void close(const SessionId& session, Timestamp at);
        /// kConflict "idempotency_key_taken" while an earlier answer is alive.
        Result<void> keep(const std::optional<StoredResponse>& answer);
        /// Appends the events to their channels; `prefix` goes in front of each payload's members.
        void record(const std::vector<Event>& events, const std::string& prefix = {});
    };

    /// Runs `use(rows)` under the lock: one transaction.
    template <class Use>
    auto with(Use&& use) {
        const std::scoped_lock lock{mutex_};
        return std::forward<Use>(use)(rows_);
    }

    /// Text that changes whenever something is written: how many rows each table has, where each
    /// order stands, and the last seq of each channel.
    std::string fingerprint();

  private:
    std::mutex mutex_;
    Rows rows_;
};

/// The names are read with the ticket, never written.
Order with_station_names(const MemoryDatabase::Rows& rows, Order order);
/// `prefix` ("\"orderNumber\":7") as first member of a JSON object.
std::string with_first_member(const std::string& object, const std::string& prefix);

}  // namespace orderpush::test
