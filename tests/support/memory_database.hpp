#pragma once

#include "core/alarm_store.hpp"
#include "core/idempotency_store.hpp"
#include "core/order.hpp"
#include "core/outbox.hpp"
#include "core/restaurant.hpp"
#include "core/staff_store.hpp"

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
    void add_menu_item(const MenuItem& item);
    void add_staff(const Staff& staff, bool is_active = true);
    void add_api_key(const std::string& key_hash, const ApiClient& client, bool is_revoked = false);
    void close_session(const SessionId& id, Timestamp at);

    struct GuestRow {
        SessionId session;
        std::string device_id;
        std::optional<std::string> name;
    };
    struct KeyRow {
        StoredAnswer answer;
        Timestamp created_at;
    };
    using DeliveryKey = std::tuple<std::string, Channel, std::int64_t>;
    struct Rows {
        std::map<BranchId, Branch> branches;
        std::map<TableId, Table> tables;
        std::map<std::string, TableId> tables_by_qr;
        std::map<MenuItemId, MenuItem> menu_items;
        std::vector<std::pair<Staff, bool>> staff;
        std::map<std::string, ApiClient> api_keys;
        std::map<SessionId, TableSession> sessions;
        std::map<std::string, GuestRow> guests;
        std::map<OrderId, Order> orders;
        std::map<std::pair<BranchId, std::chrono::sys_days>, int> order_numbers;
        std::map<std::pair<RestaurantId, std::string>, KeyRow> keys;
        /// The alarms that stand.
        std::set<std::pair<OrderId, AlarmCause>> alarms;
        /// In order of seq.
        std::map<Channel, std::vector<OutboxEntry>> outbox;
        std::map<Channel, std::int64_t> last_seqs;
        std::map<DeliveryKey, Settlement> deliveries;

        std::optional<SessionId> open_session_of(const TableId& table) const;
        /// Appends the events to their channels; `prefix` goes in front of each payload's members.
        void record(const std::vector<Event>& events, const std::string& prefix = {});
    };

    /// Runs `use(rows)` under the lock: one transaction.
    template <class Use>
    auto with(Use&& use) {
        const std::scoped_lock lock{mutex_};
        return std::forward<Use>(use)(rows_);
    }

  private:
    std::mutex mutex_;
    Rows rows_;
};

/// `prefix` ("\"orderNumber\":7") as first member of a JSON object.
std::string with_first_member(const std::string& object, const std::string& prefix);

}  // namespace orderpush::test
