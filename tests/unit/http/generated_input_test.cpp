// Whatever comes to whichever route: never an answer that blames us, and a refusal changes nothing.
// The routes are those of the table, so a new one is covered as soon as it stands there.

#include "base/clock.hpp"
#include "core/orders/order_store.hpp"
#include "http/routes.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_world.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/hostile_input.hpp"
#include "usecases/access/authenticator.hpp"

#include <map>

namespace orderpush::http {
namespace {

using nlohmann::json;

std::string name_of(const Route& route) {
    return std::string{route.method} + ' ' + std::string{route.pattern};
}

/// A {…} segment of a pattern.
struct Capture {
    std::string text;
    /// The segment before it: "orders" of "/v1/orders/{id}".
    std::string collection;
};

std::vector<Capture> captures_of(std::string_view pattern) {
    std::vector<Capture> captures;
    std::string before;
    while (pattern.starts_with('/')) {
        pattern.remove_prefix(1);
        const std::string segment{pattern.substr(0, pattern.find('/'))};
        if (segment.starts_with('{')) {
            captures.push_back({.text = segment, .collection = before});
        }
        before = segment;
        pattern.remove_prefix(segment.size());
    }
    return captures;
}

class GeneratedInputTest : public ApiTest {
  protected:
    /// Of all that is stored.
    std::string fingerprint() { return dynamic_cast<test::MemoryWorld&>(world_).fingerprint(); }
    GeneratedInputTest() {
        cook = cook_token();
        const StaffMember boss{
            .id = ids_.make<StaffId>(),
            .restaurant = branch_.restaurant,
            .branch = branch_.id,
            .role = Role::kAdmin,
            .name = "Ada",
            .station = {}};
        admin =
            keyring_.sign(usecases::staff_claims(boss, world_.clock.now() + std::chrono::hours{1}));
        sit_down();
    }

    /// At a new table, with the menu as it was: what was sent before may have changed either.
    void sit_down() {
        qr_token = "qr-" + to_string(ids_.next());
        world_.add_table(
            {.id = ids_.make<TableId>(),
             .branch = branch_,
             .area = ids_.make<AreaId>(),
             .area_name = "Area " + qr_token,
             .number = qr_token.substr(qr_token.size() - 8)},
            qr_token
        );
        world_.add_menu_item(soup_);
        const Reply opened = send_json("POST", "/v1/sessions", {}, {{"qrToken", qr_token}});
        guest = opened.json().at("token").get<std::string>();
        order = placed_order(guest);
        const Order placed = world_.orders().find(*parse_id<OrderId>(order)).value();
        ids_of_ = {
            {"orders", order},
            {"order", order},
            {"items", to_string(placed.items.front().id)},
            {"tickets", to_string(placed.tickets.front().id)},
            {"sessions", to_string(placed.session)},
            {"tables", to_string(placed.table)},
            {"branches", to_string(branch_.id)},
            {"channels", "kitchen:" + to_string(branch_.id)}};
    }

    /// Part of valid_bodies().
    static std::map<std::string, json> setting_up_bodies() {
        return {
            {"POST /v1/api-keys", {{"name", "shop"}}},
            {"POST /v1/branches/{id}/tables", {{"number", "T77"}, {"areaName", "Terrace"}}},
            {"PATCH /v1/tables/{id}", {{"number", "T78"}}},
            {"POST /v1/branches/{id}/menu/items",
             {{"name", "Bread"}, {"price", 150}, {"category", "Bakery"}, {"position", 3}}},
            {"PATCH /v1/menu/items/{id}",
             {{"price", 510}, {"stationId", nullptr}, {"category", "Soups"}, {"position", 1}}},
            {"POST /v1/restaurants",
             {{"name", "Inn"},
              {"currency", "EUR"},
              {"timeZone", "Europe/Berlin"},
              {"adminEmail", "ada@example.com"}}},
            {"PATCH /v1/restaurants/{id}", {{"name", "Inn"}, {"isDisabled", true}}},
            {"PATCH /v1/restaurant", {{"name", "Inn"}}},
            {"POST /v1/branches", {{"name", "Harbor"}, {"timeZone", "Europe/Berlin"}}},
            {"PATCH /v1/branches/{id}", {{"taxRateBp", 1'900}, {"closeSessions", "manual"}}},
            {"POST /v1/branches/{id}/areas", {{"name", "Terrace"}}},
            {"PATCH /v1/areas/{id}", {{"name", "Garden"}}},
            {"POST /v1/branches/{id}/stations", {{"name", "Grill"}}},
            {"PATCH /v1/stations/{id}", {{"name", "Bar"}}},
        };
    }

    /// What a careful client would send. A route that takes a body has a row here.
    std::map<std::string, json> valid_bodies() const {
        const std::string soup = to_string(soup_.id);
        const json login{{"email", kEmail}, {"password", kPassword}};
        const json lines{{{"menuItemId", soup}, {"quantity", 2}, {"note", "hot"}}};
        const json placed{{"items", lines}, {"note", "now"}, {"customerName", "Ada"}};
        const json moved{{"status", "confirmed"}};
        const json reason{{"reason", "too late"}};
        const json scanned{{"qrToken", qr_token}, {"items", lines}, {"deviceId", "d"}};
        const json hired{
            {"name", "Bo"},
            {"email", "bo@example.com"},
            {"password", "long enough"},
            {"role", "WAITER"},
            {"branchId", to_string(branch_.id)}};
        const json channel{{"socket_id", "1.2"}, {"channel_name", "private-order-" + order}};
        std::map<std::string, json> bodies{
            {"POST /v1/staff/login", login},
            {"POST /v1/staff", hired},
            {"PATCH /v1/staff/{id}", {{"isActive", true}, {"name", "Bo"}, {"role", "WAITER"}}},
            {"POST /v1/staff/me/password",
             {{"password", kPassword}, {"newPassword", "another one"}}},
            {"POST /v1/staff/{id}/password", {{"password", "long enough"}}},
            {"POST /v1/payments",
             {{"sessionId", ids_of_.at("sessions")}, {"amount", 1}, {"method", "cash"}}},
            {"POST /v1/sessions", {{"qrToken", qr_token}, {"deviceId", "d"}, {"name", "Ada"}}},
            {"POST /v1/sessions/{id}/close", {{"openOrders", "refuse"}}},
            {"POST /v1/orders", placed},
            {"PATCH /v1/orders/{id}", moved},
            {"POST /v1/orders/{id}/items", {{"items", lines}}},
            {"PATCH /v1/orders/{id}/items/{itemId}", {{"status", "ready"}}},
            {"POST /v1/orders/{id}/cancel-request", reason},
            {"POST /v1/orders/{id}/cancel-request/accept", {{"ticketId", soup}}},
            {"POST /v1/orders/{id}/cancel-request/reject", reason},
            {"PATCH /v1/tickets/{id}", {{"status", "acknowledged"}, {"priority", "vip"}}},
            {"POST /v1/receipts", {{"deviceId", "d"}, {"kind", "seen"}, {"eventIds", {soup}}}},
            {"PUT /v1/restaurant/webhook",
             {{"url", "https://shop.example/"}, {"renewSecret", true}}},
            {"POST /v1/deliveries/retry", {{"state", "dead"}, {"adapter", "builtin"}}},
            {"POST /v1/realtime/pusher/auth", channel},
            {"POST /pusher/auth", channel},
            {"POST /broadcasting/auth", channel},
            {"POST /api/pusher/auth", channel},
            {"POST /staff/login", login},
            {"POST /public/order/place", scanned},
            {"POST /api/orders/create", placed},
            {"PATCH /api/orders/{id}", moved},
            {"PATCH /kitchen/order/{id}/status", moved},
            {"POST /kitchen/order/{id}/status", moved},
            {"POST /v1/realtime/pusher/user-auth", {{"socket_id", "1.2"}}},
            {"POST /pusher/user-auth", {{"socket_id", "1.2"}}},
            {"POST /broadcasting/user-auth", {{"socket_id", "1.2"}}},
            {"POST /v1/realtime/ably/auth", {{"format", "jwt"}, {"ttl", 60'000}}},
            {"POST /api/ably", {{"format", "jwt"}, {"ttl", 60'000}}},
        };
        bodies.merge(setting_up_bodies());
        return bodies;
    }

    /// A path that the route matches, with ids of all sorts where they stand.
    std::string path_of(const Route& route, HostileInput& input) {
        std::string path{route.pattern};
        for (const Capture& capture : captures_of(route.pattern)) {
            const auto known = ids_of_.find(capture.collection);
            std::string id = known != ids_of_.end() && !input.one_in(5) ? known->second
                             : input.one_in(2)                          ? order
                                                                        : to_string(soup_.id);
            if (input.one_in(6)) {
                id = input.word();
            }
            path.replace(path.find(capture.text), capture.text.size(), id);
        }
        return path;
    }

    std::string query_of(const Route& route, HostileInput& input) {
        std::string query;
        for (const std::string_view name : route.query) {
            if (input.one_in(2)) {
                query += std::string{query.empty() ? "?" : "&"}.append(name) + '=' + input.word();
            }
        }
        return input.one_in(20) ? query + (query.empty() ? "?x" : "&x") : query;
    }

    HeaderLines headers_of(HostileInput& input) {
        const std::vector<std::string> proofs{
            "Authorization: Bearer " + guest,
            "Authorization: Bearer " + cook,
            "Authorization: Bearer " + admin,
            std::string{"X-API-Key: "} + kApiKey,
            "A: b",
            "Authorization: " + input.header_value()};
        HeaderLines lines{input.pick(proofs)};
        lines.emplace_back(
            input.one_in(10) ? "Content-Type: " + input.header_value()
                             : "Content-Type: application/json"
        );
        for (const char* name : {"Idempotency-Key: ", "If-Match: ", "If-None-Match: "}) {
            if (input.one_in(4)) {
                lines.push_back(name + input.header_value());
            }
        }
        return lines;
    }

    void send_something(const Route& route, HostileInput& input) {
        const auto bodies = valid_bodies();
        const auto valid = bodies.find(name_of(route));
        const std::string target = path_of(route, input) + query_of(route, input);
        const HeaderLines headers = headers_of(input);
        const std::string body = input.body(valid == bodies.end() ? json::object() : valid->second);
        std::string method{route.method};
        if (input.one_in(20)) {
            method = input.pick<std::string>({"PUT", "DELETE", "PATCH", "POST"});
        }
        const std::string before = fingerprint();
        const Reply reply = send(method, target, headers, body);
        const std::string shown = testing::PrintToString(body.substr(0, 2'000));
        judge(reply, before, method + ' ' + target + '\n' + headers.front() + '\n' + shown + '\n');
    }

    void judge(const Reply& reply, const std::string& before, const std::string& what) {
        EXPECT_LT(reply.status, 500) << what << reply.body;
        if (reply.status < 400) {
            ++accepted;
            return;
        }
        ++refused;
        EXPECT_EQ(reply.header("content-type"), "application/problem+json") << what;
        const auto code = json::parse(reply.body, nullptr, false).value("code", "");
        EXPECT_FALSE(code.empty()) << what;
        EXPECT_EQ(fingerprint(), before) << what << reply.body;
    }

    int accepted = 0;
    int refused = 0;
    std::string cook;
    std::string admin;
    std::string guest;
    std::string order;
    std::string qr_token;

  private:
    /// An id that is right behind that segment.
    std::map<std::string, std::string> ids_of_;
};

TEST_F(GeneratedInputTest, EveryRouteThatTakesABodyHasAValidOne) {
    const auto bodies = valid_bodies();
    for (const Route& route : all_routes()) {
        EXPECT_TRUE(route.body == Body::kNone || bodies.contains(name_of(route)))
            << name_of(route) << " lacks a row in valid_bodies()";
    }
}

TEST_F(GeneratedInputTest, NothingIsOurFaultAndRefusalsChangeNothing) {
    constexpr int kRequestsPerRoute = 80;
    constexpr int kRequestsPerGuest = 20;
    std::uint32_t seed = 20261121;
    for (const Route& route : all_routes()) {
        HostileInput input{seed++};
        for (int i = 0; i < kRequestsPerRoute && !HasFailure(); ++i) {
            if (i % kRequestsPerGuest == 0) {
                sit_down();
            }
            send_something(route, input);
        }
    }
    // Else the input would be too hostile to get anywhere.
    EXPECT_GT(accepted, 300);
    EXPECT_GT(refused, 300);
}

}  // namespace
}  // namespace orderpush::http
