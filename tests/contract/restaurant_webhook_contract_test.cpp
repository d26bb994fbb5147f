#include "base/clock.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

namespace orderpush::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class RestaurantWebhookContract : public StoreContract {
  protected:
    RestaurantWebhookStore& store() { return world->restaurant_webhooks(); }
    Timestamp now() const { return world->clock.now(); }
    WebhookEndpoint put(
        const std::string& url, const std::string& secret, bool is_renewed = false
    ) {
        const auto put = store().put(
            {.id = ids.make<WebhookEndpointId>(),
             .restaurant = sample.branch.restaurant,
             .url = url,
             .sealed_secret = secret,
             .is_secret_renewed = is_renewed,
             .at = now()}
        );
        EXPECT_TRUE(put) << put.error().detail;
        return put.value();
    }
    std::optional<WebhookEndpoint> find(const RestaurantId& restaurant) {
        const auto found = store().find(restaurant);
        EXPECT_TRUE(found) << found.error().detail;
        return found.value();
    }
    std::optional<WebhookEndpoint> find() { return find(sample.branch.restaurant); }
    OutgoingWebhookId add(const WebhookEndpoint& endpoint) {
        const NewWebhook webhook{
            .id = ids.make<OutgoingWebhookId>(),
            .endpoint = endpoint.id,
            .body = "{}",
            .event_count = 1,
            .at = now(),
            .expires_at = now() + hours{24}};
        EXPECT_TRUE(
            world->webhooks().advance(endpoint.id, endpoint.position, endpoint.position, webhook)
        );
        return webhook.id;
    }
    WebhookReader another() { return ids.make<RestaurantId>(); }
};

TEST_P(RestaurantWebhookContract, AnotherAddressTakesThePlaceOfTheFirst) {
    EXPECT_FALSE(find());
    const WebhookEndpoint first = put("https://a.example/", "sealed:1");
    EXPECT_EQ(first.target, "https://a.example/");
    EXPECT_EQ(first.restaurant, sample.branch.restaurant);
    EXPECT_EQ(first.app_id, "");
    const WebhookEndpoint second = put("https://b.example/", "sealed:2");
    EXPECT_EQ(second.id, first.id);
    EXPECT_EQ(second.target, "https://b.example/");
    EXPECT_EQ(second.sealed_secret, "sealed:1") << "it stays";
    EXPECT_EQ(put("https://b.example/", "sealed:3", true).sealed_secret, "sealed:3");
    EXPECT_EQ(find()->sealed_secret, "sealed:3");
    EXPECT_FALSE(find(ids.make<RestaurantId>()));
}

TEST_P(RestaurantWebhookContract, WhatIsRemovedIsForgotten) {
    const RestaurantId& ours = sample.branch.restaurant;
    EXPECT_FALSE(store().remove(ours, now()).value());
    const WebhookEndpoint endpoint = put("https://a.example/", "sealed:1");
    add(endpoint);
    EXPECT_TRUE(store().remove(ours, now()).value());
    EXPECT_FALSE(store().remove(ours, now()).value());
    EXPECT_FALSE(find());
    EXPECT_TRUE(world->webhooks().endpoints(ours).value().empty());
    EXPECT_EQ(world->webhooks().list({.reader = ours}).value().at(0).state, WebhookState::kExpired);
    EXPECT_EQ(put("https://a.example/", "sealed:2").sealed_secret, "sealed:2");
}

TEST_P(RestaurantWebhookContract, TheSettingsOfTheBuiltInServerLeaveItAlone) {
    put("https://a.example/", "sealed:1");
    ASSERT_TRUE(world->webhooks().set_endpoints({}, ids, now()));
    ASSERT_TRUE(find());
    add(*find());
    const auto claimed =
        world->webhooks().claim(ids.make<WebhookInstanceId>(), now(), now(), now() + seconds{30});
    ASSERT_TRUE(claimed.value());
    EXPECT_EQ((*claimed)->sealed_secret, "sealed:1");
    EXPECT_EQ((*claimed)->restaurant, sample.branch.restaurant);
}

TEST_P(RestaurantWebhookContract, AnotherRestaurantSeesNothingOfIt) {
    const WebhookEndpoint endpoint = put("https://a.example/", "sealed:1");
    const OutgoingWebhookId webhook = add(endpoint);
    OutgoingWebhookStore& webhooks = world->webhooks();
    const WebhookReader ours = sample.branch.restaurant;
    EXPECT_EQ(webhooks.endpoints(ours).value().size(), 1U);
    EXPECT_EQ(webhooks.list({.reader = ours}).value().size(), 1U);
    EXPECT_TRUE(webhooks.enable(endpoint.id, ours, {}));
    EXPECT_TRUE(webhooks.replay(webhook, ours, now(), now() + hours{1}, {}));

    EXPECT_TRUE(webhooks.endpoints(another()).value().empty());
    EXPECT_TRUE(webhooks.list({.reader = another()}).value().empty());
    EXPECT_EQ(webhooks.enable(endpoint.id, another(), {}).error().code, "endpoint_not_found");
    const auto replayed = webhooks.replay(webhook, another(), now(), now() + hours{1}, {});
    ASSERT_FALSE(replayed);
    EXPECT_EQ(replayed.error().code, "webhook_not_found");

    EXPECT_TRUE(webhooks.endpoints({}).value().empty()) << "nor does the operator";
    EXPECT_TRUE(webhooks.list({}).value().empty());
    EXPECT_EQ(webhooks.enable(endpoint.id, {}, {}).error().code, "endpoint_not_found");
    EXPECT_FALSE(webhooks.replay(webhook, {}, now(), now() + hours{1}, {}));
}

TEST_P(RestaurantWebhookContract, NoRestaurantSeesTheWebhooksOfApplications) {
    OutgoingWebhookStore& webhooks = world->webhooks();
    const std::vector<EndpointConfig> shared{{.app_id = "7", .target = "https://c.example/"}};
    ASSERT_TRUE(webhooks.set_endpoints(shared, ids, now()));
    const WebhookEndpoint endpoint = webhooks.endpoints({}).value().at(0);
    const OutgoingWebhookId webhook = add(endpoint);
    EXPECT_EQ(webhooks.list({}).value().at(0).id, webhook);
    EXPECT_TRUE(webhooks.enable(endpoint.id, {}, {}));
    EXPECT_TRUE(webhooks.replay(webhook, {}, now(), now() + hours{1}, {}));
    for (const WebhookReader& reader : {WebhookReader{sample.branch.restaurant}, another()}) {
        EXPECT_TRUE(webhooks.endpoints(reader).value().empty());
        EXPECT_TRUE(webhooks.list({.reader = reader}).value().empty());
        EXPECT_TRUE(webhooks.list({.endpoint = endpoint.id, .reader = reader}).value().empty());
        EXPECT_EQ(webhooks.enable(endpoint.id, reader, {}).error().code, "endpoint_not_found");
        const auto replayed = webhooks.replay(webhook, reader, now(), now() + hours{1}, {});
        ASSERT_FALSE(replayed);
        EXPECT_EQ(replayed.error().code, "webhook_not_found");
    }
}

TEST_P(RestaurantWebhookContract, OneThatWasDisabledIsToldAgain) {
    const WebhookEndpoint endpoint = put("https://a.example/", "sealed:1");
    ASSERT_TRUE(world->webhooks().settle(
        {.webhook = add(endpoint),
         .endpoint = endpoint.id,
         .attempt = {.attempt = 1, .at = now(), .status = 410, .reason = "status_410"},
         .failures = 1,
         .failing_since = now(),
         .not_before = now() + hours{1},
         .disabled_reason = "gone"},
        now()
    ));
    EXPECT_EQ(find()->disabled_reason, "gone");
    const WebhookEndpoint again = put("https://b.example/", "sealed:1");
    EXPECT_FALSE(again.disabled_reason);
    EXPECT_EQ(again.failures, 0);
    EXPECT_EQ(again.pending_count, 1);
    EXPECT_TRUE(world->webhooks()
                    .claim(ids.make<WebhookInstanceId>(), now(), now(), now() + seconds{30})
                    .value());
}

ORDERPUSH_CONTRACT_SUITE(RestaurantWebhookContract);

}  // namespace
}  // namespace orderpush::test
