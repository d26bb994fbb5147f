#include "bench/orders/pgbench_script.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "core/orders/order_store.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/orders/order_json.hpp"
#include "storage/statement_lists.hpp"
#include "storage/stores.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/orders/order_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::bench {
namespace {

/// Ids that stand for new ones: they differ in their last byte only.
class PlaceholderIds final : public IdSource {
  public:
    Uuid next() override {
        Uuid id{{0xFE, 0xED, 0xC0, 0xDE, 0xFE, 0xED, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0}};
        id.bytes.back() = ++last_;
        return id;
    }

  private:
    std::uint8_t last_ = 0;
};
/// What the placeholders have in common, and the SQL for it: like the first 48 bits of a UUID of
/// version 7 it grows with time, so that the indexes are filled from the same end. PostgreSQL reads
/// UUIDs with the hyphen left out.
constexpr std::string_view kPlaceholder = "feedc0de-feed";
constexpr std::string_view kUnique = "to_hex(:s::bigint)";

/// Hands out what the database knows, and keeps what it was to write instead of writing it.
class RecordingOrders final : public OrderStore {
  public:
    explicit RecordingOrders(OrderStore& orders) : orders_(orders) {}

    Result<PlacementContext> placement_context(
        const SessionId& session, std::span<const MenuItemId> items, bool counts_unserved
    ) override {
        asked_items.assign(items.begin(), items.end());
        return orders_.placement_context(session, items, counts_unserved);
    }
    Result<PlacedOrder> place(const NewOrder& order) override {
        recorded = order;
        return PlacedOrder{.number = 1, .answer = order.answer};
    }
    Result<Order> find(const OrderId& id) override { return orders_.find(id); }
    Result<std::vector<OrderOutline>> outline(const SessionId& session) override {
        return orders_.outline(session);
    }
    Result<std::vector<Order>> list(const OrderFilter& filter) override {
        return orders_.list(filter);
    }
    Result<Order> find_by_ticket(const TicketId& id) override { return orders_.find_by_ticket(id); }
    Result<void> change(const OrderChange& change) override { return orders_.change(change); }

    std::vector<MenuItemId> asked_items;
    NewOrder recorded;

  private:
    OrderStore& orders_;
};

class NoSignal final : public OutboxSignal {
  public:
    void notify() noexcept override {}
};

/// Placing takes the menu from the placement context.
class NoMenus final : public MenuStore {
  public:
    Result<Branch> find_branch(const BranchId&) override { return unused(); }
    Result<std::vector<MenuItem>> list(const BranchId&) override { return unused(); }
    Result<Station> find_station(const BranchId&, const StationId&) override { return unused(); }
    Result<MenuItem> find_item(const MenuItemId&) override { return unused(); }
    Result<void> create_item(const NewMenuItem&) override { return unused(); }
    Result<void> change_item(const MenuItemChange&) override { return unused(); }

  private:
    static Error unused() {
        return {.kind = ErrorKind::kInternal, .code = "unused", .message = {}};
    }
};

/// One placement of a guest, as far as it can be known beforehand.
struct Placement {
    std::string token_hash;
    Guest guest;
    std::vector<MenuItemId> asked_items;
    NewOrder order;
};

template <class T>
T value_or_throw(Result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().code + " " + result.error().detail);
    }
    return std::move(result).value();
}

Placement placement_of(const SeatedGuest& seated, storage::DbPool& pool) {
    const SystemClock clock;
    storage::Stores stores{pool, clock};
    RecordingOrders recording{stores.orders()};
    NoMenus menus;
    NoSignal signal;
    PlaceholderIds ids;
    usecases::IdempotencyGuard idempotency{stores.idempotency()};
    usecases::OrderService service{
        {.orders = recording,
         .guard = idempotency,
         .menus = menus,
         .signal = signal,
         .ids = ids,
         .clock = clock}};

    Placement placement{
        .token_hash = sha256_hex(seated.token), .guest = {}, .asked_items = {}, .order = {}};
    placement.guest =
        value_or_throw(stores.sessions().find_guest_by_token_hash(placement.token_hash));
    usecases::PlaceOrder request{.items = {}, .customer_name = "Guest 0123456789abcdef"};
    for (const std::string& item : seated.menu_items) {
        request.items.push_back({.menu_item = parse_id<MenuItemId>(item).value(), .quantity = 2});
    }
    request.items.front().note = "no onions";
    const usecases::Idempotency guard{.key = "unused", .request_hash = sha256_hex("a request")};
    value_or_throw(service.place(placement.guest, request, guard));
    placement.asked_items = std::move(recording.asked_items);
    placement.order = std::move(recording.recorded);
    return placement;
}

/// A literal without ':', in which pgbench would see variables.
std::string literal(std::string_view text) {
    std::string escaped{"E'"};
    for (const char c : text) {
        switch (c) {
            case '\'':
                escaped += "''";
                break;
            case '\\':
                escaped += "\\\\";
                break;
            case ':':
                escaped += "\\x3a";
                break;
            default:
                escaped.push_back(c);
        }
    }
    return escaped + "'";
}

std::string literal_or_null(const std::optional<std::string>& text) {
    return text ? literal(*text) : "null";
}

template <class Tag>
std::string uuid_literal(const Id<Tag>& id) {
    return literal(to_string(id)) + "::uuid";
}

/// A document with this transaction's ids in place of the placeholders.
std::string document(std::string_view text) {
    return fmt::format("replace({}, '{}', {})", literal(text), kPlaceholder, kUnique);
}

/// The statement `name` with `values` in place of $1, $2, …
std::string with_values(std::string_view name, const std::vector<std::string>& values) {
    const storage::Statement statement = storage::find_statement(name);
    const std::string_view text{statement.text};
    std::string sql;
    std::size_t used_count = 0;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t number = 0;
        std::size_t end = i + 1;
        while (text[i] == '$' && end < text.size() && text[end] >= '0' && text[end] <= '9') {
            number = number * 10 + static_cast<std::size_t>(text[end++] - '0');
        }
        if (number == 0) {
            sql.push_back(text[i++]);
            continue;
        }
        sql += '(' + values.at(number - 1) + ')';
        used_count = std::max(used_count, number);
        i = end;
    }
    if (used_count != values.size()) {
        throw std::runtime_error(std::string{statement.name} + " has other parameters now");
    }
    return sql + ";\n";
}

std::string statements_of(const Placement& placement) {
    const std::string key = "'0000' || " + std::string{kUnique};
    const std::string oldest_key =
        fmt::format("now() - interval '{} hours'", kIdempotencyKeyLifetime.count());
    const NewOrder& fresh = placement.order;
    const Order& order = fresh.order;
    return with_values("find_guest", {literal(placement.token_hash)}) +
           with_values(
               "find_idempotency_key", {uuid_literal(placement.guest.restaurant), key, oldest_key}
           ) +
           with_values(
               "find_placement_context",
               {uuid_literal(order.session),
                literal(storage::uuid_array(std::span{placement.asked_items})),
                "true"}
           ) +
           with_values(
               "place_order",
               {document(to_string(order.id)) + "::uuid",
                uuid_literal(order.session),
                "now()",
                literal(order.table_number),
                literal(order.area_name),
                literal_or_null(order.customer_name),
                literal(to_string(order.status)),
                literal_or_null(order.note),
                literal(order.currency),
                std::to_string(order.total_minor),
                std::to_string(order.final_minor),
                std::to_string(order.version),
                document(storage::lines_json(order.items, order.tickets)) + "::json",
                document(storage::tickets_json(order.tickets)) + "::json",
                document(storage::events_json(fresh.events)) + "::json",
                document(fresh.answer),
                key,
                literal(fresh.idempotency->request_hash),
                uuid_literal(fresh.idempotency->restaurant),
                oldest_key,
                std::to_string(order.tax_rate_bp),
                // run-orders turns the bound off: each of its sessions orders without end.
                "null",
                "null"}
           );
}

}  // namespace

std::string pgbench_script(const Restaurant& restaurant, const std::string& database_url) {
    storage::DbPool pool{{.url = database_url, .size = 1}};
    const std::size_t guest_count = restaurant.guests.size();
    std::string script = fmt::format(
        "\\set n :n + 1\n\\set s :base + :n * 64 + :client_id\n\\set guest :client_id % {}\n",
        guest_count
    );
    for (std::size_t i = 0; i < guest_count; ++i) {
        script += fmt::format("\\{} :guest = {}\n", i == 0 ? "if" : "elif", i);
        script += statements_of(placement_of(restaurant.guests[i], pool));
    }
    return script + "\\endif\n";
}

}  // namespace orderpush::bench
