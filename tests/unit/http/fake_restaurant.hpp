#pragma once

#include "base/crypto.hpp"
#include "core/idempotency_store.hpp"
#include "core/menu_store.hpp"
#include "core/order_store.hpp"
#include "core/outbox.hpp"
#include "core/session_store.hpp"
#include "core/staff_store.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace orderpush::http {

inline constexpr const char* kQrToken = "qr-terrace-t5";
inline constexpr const char* kEmail = "kim@example.com";
inline constexpr const char* kPassword = "correct horse";
inline constexpr const char* kApiKey = "opak_front_end";

/// One restaurant with one branch, one table and a small menu, behind all of the app's ports; keeps
/// what the routes put into it and can be told to fail.
class FakeRestaurant final : public OrderStore,
                             public SessionStore,
                             public MenuStore,
                             public StaffStore,
                             public IdempotencyStore,
                             public OutboxSignal {
  public:
    explicit FakeRestaurant(IdSource& ids);

    Branch branch;
    Table table;
    Staff cook;
    ApiClient front_end;
    std::vector<MenuItem> menu;
    /// What looking up an order answers, if set.
    std::optional<Error> failure;
    /// What looking up an order throws, if set.
    std::optional<std::string> exception;

    void close_sessions();

    Result<PlacementContext> placement_context(
        const SessionId& session, std::span<const MenuItemId> items
    ) override;
    Result<PlacedOrder> place(const NewOrder& order) override;
    Result<Order> find(const OrderId& id) override;
    Result<std::vector<Order>> list(const OrderFilter& filter) override;
    Result<Order> change_status(const OrderStatusChange& change) override;

    Result<Table> find_table_by_qr(std::string_view qr_token) override;
    Result<JoinedSession> open_or_join(const NewSession& session) override;
    Result<TableSession> find(const SessionId& id) override;
    Result<Guest> find_guest_by_token_hash(std::string_view token_hash) override;
    Result<std::pair<Table, std::optional<SessionId>>> find_table(const TableId& id) override;

    Result<Branch> find_branch(const BranchId& id) override;
    Result<std::vector<MenuItem>> list(const BranchId& branch_id) override;

    Result<Staff> find_by_email(std::string_view email) override;
    Result<ApiClient> find_api_client_by_hash(std::string_view key_hash) override;

    Result<std::optional<StoredAnswer>> find(const RestaurantId& restaurant, std::string_view key)
        override;

    void notify() noexcept override {}

  private:
    Result<TableSession> session_of(const SessionId& id) const;

    std::mutex mutex_;
    std::optional<TableSession> session_;
    std::map<std::string, Guest, std::less<>> guests_;
    std::map<OrderId, Order> orders_;
    std::map<std::string, StoredAnswer, std::less<>> answers_;
};

}  // namespace orderpush::http
