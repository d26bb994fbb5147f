// What providers tell us: verified, stored, answered.

#include "base/clock.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/api_services.hpp"
#include "usecases/incoming_webhooks/incoming_webhook_processor.hpp"

#include <chrono>

namespace orderpush::http {
namespace {

class WebhookTest : public ApiTest {
  protected:
    std::string body_of(const std::string& events, Timestamp at) const {
        return R"({"time_ms":)" + std::to_string(at.time_since_epoch().count()) + R"(,"events":)" +
               events + "}";
    }
    std::string joined(Timestamp at, const std::string& id = "staff-1") const {
        return body_of(
            R"([{"name":"member_added","channel":"presence-kitchen-)" + to_string(branch_.id) +
                R"(","user_id":")" + id + R"("}])",
            at
        );
    }
    Reply post(const std::string& body, const std::string& secret = "secret") {
        return send(
            "POST",
            "/webhooks/pusher",
            {"Content-Type: application/json",
             "X-Pusher-Key: key",
             "X-Pusher-Signature: " + hmac_sha256_hex(secret, body)},
            body
        );
    }
    Timestamp now() const { return world_.clock.now(); }

    usecases::IncomingWebhookProcessor processor_{
        {.sources = {&services_->pusher_webhooks},
         .receipts = services_->who_is_there.receipts(),
         .clock = world_.clock}};
};

TEST_F(WebhookTest, AreStoredThenAnswered) {
    const Reply reply = post(joined(now()));
    EXPECT_EQ(reply.status, 204) << reply.body;
    EXPECT_EQ(services_->who_is_there.receipt_count(), 1U);
}

TEST_F(WebhookTest, ARepetitionIsAnsweredAlikeAndStoredOnce) {
    EXPECT_EQ(post(joined(now())).status, 204);
    EXPECT_EQ(post(joined(now())).status, 204);
    EXPECT_EQ(services_->who_is_there.receipt_count(), 1U);
}

TEST_F(WebhookTest, AForgedOneLeavesNothing) {
    const Reply reply = post(joined(now()), "guess");
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.code(), "webhook_forged");
    EXPECT_EQ(send("POST", "/webhooks/pusher", {}, joined(now())).status, 401);
    EXPECT_EQ(services_->who_is_there.receipt_count(), 0U);
}

TEST_F(WebhookTest, ASignedOneThatIsNoneIsRefused) {
    EXPECT_EQ(post("{}").code(), "webhook_malformed");
    EXPECT_EQ(post("{}").status, 400);
    EXPECT_EQ(services_->who_is_there.receipt_count(), 0U);
}

TEST_F(WebhookTest, OneOfAnotherTimeIsRefused) {
    EXPECT_EQ(post(joined(now() - std::chrono::minutes{16})).code(), "webhook_stale");
    EXPECT_EQ(post(joined(now() + std::chrono::minutes{3})).code(), "webhook_stale");
    EXPECT_EQ(post(joined(now() - std::chrono::minutes{14})).status, 204);
}

TEST_F(WebhookTest, AProviderThatIsNotInUseIsUnknown) {
    const Reply reply = send("POST", "/webhooks/ably", {}, "{}");
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.code(), "webhook_not_configured");
}

TEST_F(WebhookTest, WithoutAStoreTheProviderHasToRepeatIt) {
    services_->who_is_there.fail(Error{
        .kind = ErrorKind::kUnavailable, .code = "database_unavailable", .message = "Away."});
    EXPECT_EQ(post(joined(now())).status, 503);
    services_->who_is_there.fail({});
    EXPECT_EQ(post(joined(now())).status, 204);
}

TEST_F(WebhookTest, TheyTellWhoIsThere) {
    ASSERT_EQ(post(joined(now())).status, 204);
    EXPECT_EQ(*processor_.run_once(), 1U);
    const Reply reply = get("/v1/branches/" + to_string(branch_.id) + "/displays", cook_token());
    ASSERT_EQ(reply.json().at("displays").size(), 1U) << reply.body;
    EXPECT_EQ(reply.json().at("displays").at(0).at("memberId"), "staff-1");
    EXPECT_EQ(reply.json().at("displays").at(0).at("source"), "pusher");
}

TEST_F(WebhookTest, WhatCannotBeProcessedIsPutAsideAndBlocksNothing) {
    int gaps = 0;
    usecases::IncomingWebhookProcessor processor{
        {.sources = {&services_->pusher_webhooks},
         .receipts = services_->who_is_there.receipts(),
         .clock = world_.clock,
         .on_gap = [&] { ++gaps; }}};
    ASSERT_TRUE(services_->who_is_there.receipts().store("pusher", "[]", now()));
    ASSERT_TRUE(services_->who_is_there.receipts().store("ably", "{}", now()));
    ASSERT_EQ(post(joined(now())).status, 204);
    EXPECT_EQ(*processor.run_once(), 3U);
    EXPECT_EQ(services_->who_is_there.refusal(1), "webhook_malformed");
    EXPECT_EQ(services_->who_is_there.refusal(2), "webhook_not_configured");
    EXPECT_EQ(services_->who_is_there.refusal(3), "");
    EXPECT_EQ(gaps, 2);
}

TEST_F(WebhookTest, AFailingStoreKeepsThemInTheirOrder) {
    ASSERT_EQ(post(joined(now())).status, 204);
    services_->who_is_there.fail(Error{
        .kind = ErrorKind::kUnavailable, .code = "database_unavailable", .message = "Away."});
    EXPECT_FALSE(processor_.run_once());
    services_->who_is_there.fail({});
    EXPECT_EQ(*processor_.run_once(), 1U);
}

}  // namespace
}  // namespace orderpush::http
