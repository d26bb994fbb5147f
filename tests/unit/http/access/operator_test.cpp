// What OPERATOR_TOKEN is good for.

#include "base/clock.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "http/routes.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/api_services.hpp"

#include <algorithm>
#include <array>

namespace orderpush::http {
namespace {

class OperatorTest : public ApiTest {
  protected:
    OperatorTest() {
        auto services = dependencies();
        services.operator_token = kToken;
        with_operator_ = std::make_unique<Api>(services, ApiOptions{});
        const std::vector<EndpointConfig> configured{
            {.app_id = "7", .target = "https://app.example/hooks"}};
        EXPECT_TRUE(world_.webhooks().set_endpoints(configured, ids_, world_.clock.now()));
        endpoint_ = world_.webhooks().endpoints({}).value().at(0);
        webhook_ = ids_.make<OutgoingWebhookId>();
        const NewWebhook made{
            .id = webhook_,
            .endpoint = endpoint_.id,
            .body = "{}",
            .event_count = 1,
            .at = world_.clock.now(),
            .expires_at = world_.clock.now() + std::chrono::hours{24}};
        EXPECT_TRUE(
            world_.webhooks().advance(endpoint_.id, endpoint_.position, endpoint_.position, made)
        );
    }
    Reply ask(const std::string& method, const std::string& path, const std::string& token) {
        return exchange(
            *with_operator_,
            {.method = method,
             .target = path,
             .headers = {"Authorization: Bearer " + token},
             .peer = "127.0.0.1"}
        );
    }
    std::string replay() const { return "/v1/webhooks/" + to_string(webhook_) + "/replay"; }
    std::string enable() const {
        return "/v1/webhook-endpoints/" + to_string(endpoint_.id) + "/enable";
    }

    const std::string kToken = "an operator's token of enough characters";
    std::unique_ptr<Api> with_operator_;
    WebhookEndpoint endpoint_;
    OutgoingWebhookId webhook_;
};

TEST_F(OperatorTest, LooksAfterTheWebhooksOfApplications) {
    const auto listed = ask("GET", "/v1/webhooks", kToken).json().at("webhooks");
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed.at(0).at("id"), to_string(webhook_));
    EXPECT_EQ(listed.at(0).at("appId"), "7");
    EXPECT_EQ(ask("GET", "/v1/webhook-endpoints", kToken).json().at("endpoints").size(), 1U);
    EXPECT_EQ(ask("POST", replay(), kToken).status, 202);
    EXPECT_EQ(ask("POST", enable(), kToken).status, 200);
}

TEST_F(OperatorTest, NoRestaurantsAdminDoes) {
    const StaffMember staff{
        .id = ids_.make<StaffId>(),
        .restaurant = branch_.restaurant,
        .branch = branch_.id,
        .role = Role::kAdmin,
        .name = "Ada",
        .station = {}};
    const std::string admin =
        keyring_.sign(usecases::staff_claims(staff, world_.clock.now() + std::chrono::hours{1}));
    EXPECT_EQ(ask("GET", "/v1/webhooks", admin).json().at("webhooks").size(), 0U);
    EXPECT_EQ(ask("GET", "/v1/webhook-endpoints", admin).json().at("endpoints").size(), 0U);
    EXPECT_EQ(ask("POST", replay(), admin).code(), "webhook_not_found");
    EXPECT_EQ(ask("POST", enable(), admin).code(), "endpoint_not_found");
}

TEST_F(OperatorTest, AnotherTokenProvesNothing) {
    for (const std::string& token :
         {kToken + "x", kToken.substr(1), std::string{"nonsense"}, std::string{" "}}) {
        EXPECT_EQ(ask("GET", "/v1/webhooks", token).status, 401) << token;
    }
    EXPECT_EQ(get("/v1/webhooks", kToken).status, 401) << "where the setting is empty";
    EXPECT_EQ(get("/v1/webhooks", "").code(), "credential_missing");
}

TEST_F(OperatorTest, IsNobodyInARestaurant) {
    for (const Route& route : all_routes()) {
        const std::array open{Access::kAnyone, Access::kOperator, Access::kCallerOrOperator};
        if (std::ranges::find(open, route.access) != open.end()) {
            continue;
        }
        std::string path{route.pattern};
        for (auto at = path.find('{'); at != std::string::npos; at = path.find('{')) {
            path.replace(at, path.find('}') - at + 1, to_string(ids_.next()));
        }
        const Reply reply = exchange(
            *with_operator_,
            {.method = std::string{route.method},
             .target = path,
             .headers = {"Authorization: Bearer " + kToken, "Content-Type: application/json"},
             .peer = "127.0.0.1"}
        );
        EXPECT_EQ(reply.code(), "token_invalid") << route.method << ' ' << path;
    }
}

}  // namespace
}  // namespace orderpush::http
