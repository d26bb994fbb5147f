// Whatever comes to whichever route: never an answer that blames us, and a refusal changes nothing.
// The routes are those of the table, so a new one is covered as soon as it stands there.

#include "http/routes.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/hostile_input.hpp"

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

/// Of an earlier system, and of two steps: who scans the code and orders is seated first, and stays
/// so if the menu then has no such item.
bool seats_before_it_refuses(const Route& route) {
    return route.pattern == "/public/order/place";
}

class GeneratedInputTest : public ApiTest {
  protected:
    GeneratedInputTest() {
        cook = cook_token();
        sit_down();
    }

    void sit_down() {
        guest = guest_token();
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

    /// What a careful client would send. A route that takes a body has a row here.
    std::map<std::string, json> valid_bodies() const {
        const std::string soup = to_string(soup_.id);
        const json login{{"email", kEmail}, {"password", kPassword}};
        const json lines{{{"menuItemId", soup}, {"quantity", 2}, {"note", "hot"}}};
        const json placed{{"items", lines}, {"note", "now"}, {"customerName", "Ada"}};
        const json moved{{"status", "confirmed"}};
        const json reason{{"reason", "too late"}};
        const json scanned{{"qrToken", kQrToken}, {"items", lines}, {"deviceId", "d"}};
        const json channel{{"socket_id", "1.2"}, {"channel_name", "private-order-" + order}};
        return {
            {"POST /v1/staff/login", login},
            {"POST /staff/login", login},
            {"POST /v1/sessions", {{"qrToken", kQrToken}, {"deviceId", "d"}, {"name", "Ada"}}},
            {"POST /v1/orders", placed},
            {"POST /api/orders/create", placed},
            {"POST /public/order/place",
             {{"items", lines}, {"qrToken", kQrToken}, {"deviceId", "d"}}},
            {"PATCH /v1/orders/{id}", moved},
            {"PATCH /api/orders/{id}", moved},
            {"PATCH /kitchen/order/{id}/status", moved},
            {"POST /kitchen/order/{id}/status", moved},
            {"POST /v1/orders/{id}/items", {{"items", lines}}},
            {"PATCH /v1/orders/{id}/items/{itemId}", {{"status", "ready"}}},
            {"POST /v1/orders/{id}/cancel-request", reason},
            {"POST /v1/orders/{id}/cancel-request/accept", {{"ticketId", soup}}},
            {"POST /v1/orders/{id}/cancel-request/reject", reason},
            {"PATCH /v1/tickets/{id}", {{"status", "acknowledged"}, {"priority", "vip"}}},
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
        };
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
        const std::string before = seats_before_it_refuses(route) ? "" : world_.fingerprint();
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
        EXPECT_FALSE(json::parse(reply.body, nullptr, false).value("code", "").empty()) << what;
        if (!before.empty()) {
            EXPECT_EQ(world_.fingerprint(), before) << what << reply.body;
        }
    }

    int accepted = 0;
    int refused = 0;
    std::string cook;
    std::string guest;
    std::string order;

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
