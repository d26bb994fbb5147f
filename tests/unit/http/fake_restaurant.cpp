#include "tests/unit/http/fake_restaurant.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderpush::http {
namespace {

Error not_found() {
    return {
        .code = ErrorCode::kNotFound, .reason = "not_found", .message = "There is no such thing."};
}

}  // namespace

FakeRestaurant::FakeRestaurant(IdSource& ids)
    : branch{
          .id = ids.make<BranchId>(),
          .restaurant = ids.make<RestaurantId>(),
          .name = "Harbour",
          .currency = "EUR",
          .tax_rate_bp = 1000},
      table{
          .id = ids.make<TableId>(),
          .branch = branch,
          .area = ids.make<AreaId>(),
          .area_name = "Terrace",
          .number = "T5"},
      cook{
          .id = ids.make<StaffId>(),
          .restaurant = branch.restaurant,
          .branch = branch.id,
          .name = "Kim",
          .email = kEmail,
          .role = Role::kKitchen,
          .password_hash = hash_password(kPassword, PasswordCost::kTest),
          .station = {}},
      front_end{.key = ids.make<ApiKeyId>(), .restaurant = branch.restaurant},
      menu{
          {.id = ids.make<MenuItemId>(),
           .branch = branch.id,
           .station = ids.make<StationId>(),
           .name = "Soup",
           .price_minor = 500},
          {.id = ids.make<MenuItemId>(),
           .branch = branch.id,
           .station = {},
           .name = "Bread",
           .price_minor = 200,
           .is_available = false}} {}

void FakeRestaurant::close_sessions() {
    const std::scoped_lock lock{mutex_};
    session_->is_open = false;
    for (auto& [hash, guest] : guests_) {
        guest.is_open = false;
    }
}

Result<TableSession> FakeRestaurant::session_of(const SessionId& id) const {
    return session_ && session_->id == id ? Result<TableSession>{*session_} : not_found();
}

Result<PlacementContext> FakeRestaurant::placement_context(
    const SessionId& session, std::span<const MenuItemId> /*items*/
) {
    const std::scoped_lock lock{mutex_};
    auto found = session_of(session);
    if (!found) {
        return std::move(found).error();
    }
    return PlacementContext{.session = std::move(*found), .items = menu};
}

Result<PlacedOrder> FakeRestaurant::place(const NewOrder& order) {
    const std::scoped_lock lock{mutex_};
    const int number = static_cast<int>(orders_.size()) + 1;
    auto answer = nlohmann::ordered_json::parse(order.answer);
    answer["orderNumber"] = number;
    Order numbered = order.order;
    numbered.number = number;
    orders_.emplace(numbered.id, numbered);
    if (order.idempotency) {
        answers_[order.idempotency->key] = {
            .request_hash = order.idempotency->request_hash, .status = 201, .body = answer.dump()};
    }
    return PlacedOrder{.number = number, .answer = answer.dump()};
}

Result<Order> FakeRestaurant::find(const OrderId& id) {
    const std::scoped_lock lock{mutex_};
    if (exception) {
        throw std::runtime_error{*exception};
    }
    if (failure) {
        return *failure;
    }
    const auto found = orders_.find(id);
    return found == orders_.end() ? Result<Order>{not_found()} : found->second;
}

Result<std::vector<Order>> FakeRestaurant::list(const OrderFilter& filter) {
    const std::scoped_lock lock{mutex_};
    std::vector<Order> orders;
    for (const auto& [id, order] : orders_) {
        const bool is_wanted = (!filter.status || order.status == *filter.status) &&
                               (!filter.after || id > *filter.after) &&
                               orders.size() < static_cast<std::size_t>(filter.limit);
        if (is_wanted) {
            orders.push_back(order);
        }
    }
    return orders;
}

Result<Order> FakeRestaurant::change_status(const OrderStatusChange& change) {
    const std::scoped_lock lock{mutex_};
    Order& order = orders_.at(change.order);
    order.status = change.status;
    ++order.version;
    return order;
}

Result<Table> FakeRestaurant::find_table_by_qr(std::string_view qr_token) {
    return qr_token == kQrToken ? Result<Table>{table} : not_found();
}

Result<JoinedSession> FakeRestaurant::open_or_join(const NewSession& session) {
    const std::scoped_lock lock{mutex_};
    const bool opens = !session_ || !session_->is_open;
    if (opens) {
        session_ = TableSession{
            .id = session.id,
            .table = table,
            .is_open = true,
            .opened_at = session.at,
            .closed_at = {}};
    }
    guests_[session.token_hash] = {
        .session = session_->id,
        .table = table.id,
        .branch = branch.id,
        .restaurant = branch.restaurant,
        .device_id = session.device_id,
        .name = session.guest_name};
    return JoinedSession{.session = *session_, .was_opened = opens};
}

Result<TableSession> FakeRestaurant::find(const SessionId& id) {
    const std::scoped_lock lock{mutex_};
    return session_of(id);
}

Result<Guest> FakeRestaurant::find_guest_by_token_hash(std::string_view token_hash) {
    const std::scoped_lock lock{mutex_};
    const auto found = guests_.find(token_hash);
    return found == guests_.end() ? Result<Guest>{not_found()} : found->second;
}

Result<std::pair<Table, std::optional<SessionId>>> FakeRestaurant::find_table(const TableId& id) {
    const std::scoped_lock lock{mutex_};
    if (id != table.id) {
        return not_found();
    }
    return std::pair{table, session_ ? std::optional{session_->id} : std::nullopt};
}

Result<Branch> FakeRestaurant::find_branch(const BranchId& id) {
    return id == branch.id ? Result<Branch>{branch} : not_found();
}

Result<std::vector<MenuItem>> FakeRestaurant::list(const BranchId& /*branch_id*/) {
    return menu;
}

Result<Staff> FakeRestaurant::find_by_email(std::string_view email) {
    return email == kEmail ? Result<Staff>{cook} : not_found();
}

Result<ApiClient> FakeRestaurant::find_api_client_by_hash(std::string_view key_hash) {
    return key_hash == sha256_hex(kApiKey) ? Result<ApiClient>{front_end} : not_found();
}

Result<std::optional<StoredAnswer>> FakeRestaurant::find(
    const RestaurantId& /*restaurant*/, std::string_view key
) {
    const std::scoped_lock lock{mutex_};
    const auto found = answers_.find(key);
    return found == answers_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace orderpush::http
