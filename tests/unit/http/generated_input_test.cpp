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

/// The segments of a pattern that hold something, in order.
std::vector<std::string> captures_of(std::string_view pattern) {
    std::vector<std::string> names;
    for (auto open = pattern.find('{'); open != std::string_view::npos;
         open = pattern.find('{', open + 1)) {
        names.emplace_back(pattern.substr(open, pattern.find('}', open) - open + 1));
    }
    return names;
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
    }

    /// What a careful client would send. A route that takes a body has a row here.
    std::map<std::string, json> valid_bodies() const {
        const std::string soup = to_string(soup_.id);
        const json login{{"email", kEmail}, {"password", kPassword}};
        const json lines{{{"menuItemId", soup}, {"quantity", 2}, {"note", "hot"}}};
        const json placed{{"items", lines}, {"note", "now"}, {"customerName", "Ada"}};
        const json moved{{"status", "confirmed"}};
        const json scanned{{"qrToken", kQrToken}, {"items", lines}, {"deviceId", "d"}};
        const json channel{{"socket_id", "1.2"}, {"channel_name", "private-order-" + order}};
        return {
            {"POST /v1/staff/login", login},
            {"POST /v1/sessions", {{"qrToken", kQrToken}, {"deviceId", "d"}, {"name", "Ada"}}},
            {"POST /v1/orders", placed},
            {"PATCH /v1/orders/{id}", moved},
            {"POST /v1/orders/{id}/items", {{"items", lines}}},
            {"PATCH /v1/orders/{id}/items/{itemId}", {{"status", "ready"}}},
            {"POST /v1/orders/{id}/cancel-request", {{"reason", "late"}}},
            {"POST /v1/orders/{id}/cancel-request/accept", {{"ticketId", soup}}},
            {"POST /v1/orders/{id}/cancel-request/reject", {{"reason", "no"}, {"ticketId", soup}}},
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
        const std::vector<std::string> ids{
            order,
            to_string(branch_.id),
            to_string(soup_.id),
            to_string(cook_.id),
            "00000000-0000-7000-8000-000000000000"};
        for (const std::string& capture : captures_of(route.pattern)) {
            const std::string given = input.one_in(5)          ? input.word()
                                      : capture == "{channel}" ? "kitchen:" + to_string(branch_.id)
                                                               : input.pick(ids);
            path.replace(path.find(capture), capture.size(), given);
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

    void judge(const Reply& reply, const std::string& before, const std::string& what) {
        EXPECT_LT(reply.status, 500) << what << reply.body;
        if (reply.status < 400) {
            return;
        }
        EXPECT_EQ(reply.header("content-type"), "application/problem+json") << what;
        EXPECT_FALSE(json::parse(reply.body, nullptr, false).value("code", "").empty()) << what;
        EXPECT_EQ(world_.fingerprint(), before) << what << reply.body;
    }

    std::string cook;
    std::string guest;
    std::string order;
};

TEST_F(GeneratedInputTest, EveryRouteThatTakesABodyHasAValidOne) {
    const auto bodies = valid_bodies();
    for (const Route& route : all_routes()) {
        EXPECT_EQ(route.body != Body::kNone && !bodies.contains(name_of(route)), false)
            << name_of(route) << " lacks a row in valid_bodies()";
    }
}

TEST_F(GeneratedInputTest, NothingIsOurFaultAndRefusalsChangeNothing) {
    constexpr int kRequestsPerRoute = 400;
    constexpr int kRequestsPerGuest = 50;
    std::uint32_t seed = 20261121;
    for (const Route& route : all_routes()) {
        HostileInput input{seed++};
        for (int i = 0; i < kRequestsPerRoute && !HasFailure(); ++i) {
            if (i % kRequestsPerGuest == 0) {
                sit_down();
            }
            const auto bodies = valid_bodies();
            const auto valid = bodies.find(name_of(route));
            const std::string target = path_of(route, input) + query_of(route, input);
            const auto headers = headers_of(input);
            const std::string body =
                input.body(valid == bodies.end() ? json::object() : valid->second);
            const std::string method =
                input.one_in(20) ? input.pick<std::string>({"PUT", "DELETE", "PATCH", "POST"})
                                 : std::string{route.method};
            const std::string before = world_.fingerprint();
            judge(
                send(method, target, headers, body),
                before,
                method + ' ' + target + '\n' + headers.front() + '\n' +
                    testing::PrintToString(body.substr(0, 2'000)) + '\n'
            );
        }
    }
}

}  // namespace
}  // namespace orderpush::http
