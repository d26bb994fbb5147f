#include "webhooks/ably/ably_webhooks.hpp"

#include "base/crypto/crypto.hpp"

#include <gtest/gtest.h>

#include <map>

namespace orderpush::webhooks {
namespace {

using Kind = PresenceFact::Kind;
using Headers = std::map<std::string, std::string, std::less<>>;

/// ably.md 8 and 8.4.
const protocol::AblyKey kKey{.name = "Zq7abc.kY9xyz", .secret = "s3cretS3cret_S3cret-22"};
constexpr std::string_view kBranch = "0190a5c0-7b1c-7def-8123-456789abcdef";
constexpr std::string_view kVector =
    R"({"items":[{"webhookId":"wh1","source":"channel.lifecycle","serial":"a1","timestamp":1700000000000,"name":"channel.opened","data":{"channelId":"room:1","name":"room:1","status":{"isActive":true,"occupancy":{"metrics":{"connections":1}}}}}]})";
constexpr std::string_view kVectorSignature = "tToDfFsQYYGfCeXyQkPl3CjzbZ9NdyZ9lie2vlvSCSk=";

Timestamp at(std::int64_t ms) {
    return Timestamp{std::chrono::milliseconds{ms}};
}

class AblyWebhooksTest : public testing::Test {
  protected:
    Result<WebhookNote> admit(std::string_view body, const Headers& headers) const {
        return source_.admit(
            {.header = [&](std::string_view name) -> std::string_view {
                 const auto found = headers.find(name);
                 return found == headers.end() ? std::string_view{} : found->second;
             },
             .body = body}
        );
    }
    static Headers signed_headers(std::string_view body) {
        return {
            {"X-Ably-Key", kKey.name},
            {"X-Ably-Signature", hmac_sha256_base64(kKey.secret, body)},
            {"Content-Type", "application/json"}};
    }
    std::vector<PresenceFact> facts_of(std::string_view body, Headers headers = {}) const {
        headers.merge(signed_headers(body));
        const auto note = admit(body, headers);
        EXPECT_TRUE(note) << body;
        return note ? source_.read(note->text).value() : std::vector<PresenceFact>{};
    }
    static std::string kitchen() { return "kitchen:" + std::string{kBranch}; }

    const AblyWebhooks source_{{.key = kKey, .token = "a-token-of-a-rule"}};
};

TEST_F(AblyWebhooksTest, TheKnownAnswerIsSignedUnderEitherFormOfTheKey) {
    for (const char* const key : {"Zq7abc.kY9xyz", "kY9xyz"}) {
        const auto note = admit(
            kVector, {{"X-Ably-Key", key}, {"X-Ably-Signature", std::string{kVectorSignature}}}
        );
        ASSERT_TRUE(note) << key;
        EXPECT_EQ(note->sent_at, at(1'700'000'000'000));
    }
}

TEST_F(AblyWebhooksTest, WithoutOurKeyAndSignatureItIsForged) {
    const std::string right{kVectorSignature};
    for (const Headers& headers :
         {Headers{},
          Headers{{"X-Ably-Signature", right}},
          Headers{{"X-Ably-Key", "kY9xyz"}},
          Headers{{"X-Ably-Key", "Zq7abc.other1"}, {"X-Ably-Signature", right}},
          Headers{{"X-Ably-Key", "kY9xyz"}, {"X-Ably-Signature", "AAAA" + right.substr(4)}},
          Headers{{"X-Webhook-Token", "a-token-of-another"}},
          Headers{{"X-Webhook-Token", "a-token-of-a-rule"}, {"X-Ably-Signature", "AAAA"}}}) {
        EXPECT_EQ(admit(kVector, headers).error().code, "webhook_forged");
    }
    const AblyWebhooks without{{.key = kKey}};
    const auto nothing = [](std::string_view) { return std::string_view{}; };
    EXPECT_FALSE(without.admit({.header = nothing, .body = kVector}));
}

TEST_F(AblyWebhooksTest, WhatIsSignedAndNoWebhookIsMalformed) {
    for (const char* const body : {"", "[]", "{}", "{", R"({"items":[1]})", R"({"items":[{}]})"}) {
        EXPECT_EQ(admit(body, signed_headers(body)).error().code, "webhook_malformed") << body;
    }
}

TEST_F(AblyWebhooksTest, ABatchTellsOfMembersByConnection) {
    const auto facts = facts_of(
        R"({"items":[{"webhookId":"w","source":"channel.presence","timestamp":500,"name":"presence.message","data":{"channelId":")" +
        kitchen() +
        R"(","presence":[{"clientId":"staff-1","connectionId":"c1","timestamp":499,"data":"{\"name\":\"Ana\"}","encoding":"json","action":2},{"clientId":"staff-2","connectionId":"c2","action":3},{"clientId":"x","action":9}]}}]})"
    );
    ASSERT_EQ(facts.size(), 2U);
    EXPECT_EQ(facts[0].kind, Kind::kEntered);
    EXPECT_EQ(facts[0].connection, "c1");
    EXPECT_EQ(facts[0].info, R"({"name":"Ana"})");
    EXPECT_EQ(facts[0].at, at(499));
    EXPECT_EQ(facts[1].kind, Kind::kLeft);
    EXPECT_EQ(facts[1].at, at(500));
}

TEST_F(AblyWebhooksTest, LifecycleOccupancyAndMessagesTellOfTheChannel) {
    const auto item = [](const std::string& source, const std::string& name, const std::string& d) {
        return R"({"source":")" + source + R"(","timestamp":7,"name":")" + name +
               R"(","data":{"channelId":")" + kitchen() + '"' + d + "}}";
    };
    const std::string none = R"(,"status":{"occupancy":{"metrics":{"connections":0}}})";
    const auto facts = facts_of(
        R"({"items":[)" + item("channel.lifecycle", "channel.opened", "") + ',' +
        item("channel.lifecycle", "channel.closed", "") + ',' +
        item("channel.occupancy", "channel.occupancy", none) + ',' +
        item("channel.occupancy", "channel.occupancy", R"(,"metrics":{"connections":3})") + ',' +
        item("channel.message", "channel.message", R"(,"messages":[{"data":"x"}])") + ',' +
        item("channel.other", "what.ever", "") + "]}"
    );
    std::vector<Kind> kinds;
    for (const PresenceFact& fact : facts) {
        kinds.push_back(fact.kind);
    }
    EXPECT_EQ(
        kinds,
        (std::vector{
            Kind::kOccupied, Kind::kVacated, Kind::kVacated, Kind::kOccupied, Kind::kActive})
    );
}

TEST_F(AblyWebhooksTest, ASingleEnvelopeIsAnItemOfItsOwn) {
    // The documentation's own sample names channel.message as the source of presence.
    const auto facts = facts_of(
        R"({"source":"channel.message","appId":"a","channel":")" + kitchen() +
        R"(","presence":[{"clientId":"staff-1","connectionId":"c1","timestamp":5,"action":"enter"}]})"
    );
    ASSERT_EQ(facts.size(), 1U);
    EXPECT_EQ(facts[0].member_id, "staff-1");
}

TEST_F(AblyWebhooksTest, WithoutAnEnvelopeTheHeadersSayTheRest) {
    Headers headers{
        {"X-Webhook-Token", "a-token-of-a-rule"},
        {"Content-Type", "text/plain"},
        {"X-Ably-Envelope-Source", "channel.presence"},
        {"X-Ably-Envelope-Channel", kitchen()},
        {"X-Ably-Message-Client-Id", "staff-1"},
        {"X-Ably-Message-Connection-Id", "c1"},
        {"X-Ably-Message-Timestamp", "1700000000426"},
        {"X-Ably-Message-Action", "leave"}};
    const auto note = admit("bye", headers);
    ASSERT_TRUE(note);
    EXPECT_EQ(note->sent_at, at(1'700'000'000'426));
    const auto facts = source_.read(note->text).value();
    ASSERT_EQ(facts.size(), 1U);
    EXPECT_EQ(facts[0].kind, Kind::kLeft);
    headers["X-Ably-Message-Client-Id"] = "staff-2";
    EXPECT_NE(admit("bye", headers)->text, note->text);
}

TEST_F(AblyWebhooksTest, MessagePackIsKeptAsJson) {
    // {"items": []}
    const std::string body{"\x81\xa5items\x90"};
    Headers headers = signed_headers(body);
    headers["Content-Type"] = "application/x-msgpack";
    EXPECT_EQ(admit(body, headers)->text, R"({"items":[]})");
}

TEST_F(AblyWebhooksTest, OtherChannelsAreNotOurs) {
    EXPECT_TRUE(source_.read(kVector)->empty());
    // Ably distinguishes upper case from lower case.
    const std::string other = "kitchen:0190A5C0-7b1c-7def-8123-456789abcdef";
    EXPECT_TRUE(facts_of(
                    R"({"source":"channel.message","timestamp":5,"channel":")" + other +
                    R"(","messages":[]})"
    )
                    .empty());
}

/// What a client sends may stand in a webhook as it is; no reader goes as deep as that.
TEST_F(AblyWebhooksTest, WhatNestsWithoutEndIsRefusedOrText) {
    constexpr std::size_t kDepth = 400'000;
    const std::string lists = std::string(kDepth, '[') + std::string(kDepth, ']');
    const std::string document = R"({"source":"channel.message","x":)" + lists + '}';
    EXPECT_EQ(admit(document, signed_headers(document)).error().code, "webhook_malformed");
    const std::string packed = "\x81\xA6source" + std::string(kDepth, '\x91') + '\xC0';
    Headers headers = signed_headers(packed);
    headers["Content-Type"] = "application/x-msgpack";
    EXPECT_EQ(admit(packed, headers).error().code, "webhook_malformed");

    headers = {
        {"X-Webhook-Token", "a-token-of-a-rule"},
        {"X-Ably-Envelope-Source", "channel.message"},
        {"X-Ably-Envelope-Channel", kitchen()},
        {"X-Ably-Message-Timestamp", "5"}};
    const auto note = admit(lists, headers);
    ASSERT_TRUE(note);
    EXPECT_EQ(source_.read(note->text).value().front().kind, Kind::kActive);
    EXPECT_EQ(source_.read(document).error().code, "webhook_malformed");
}

}  // namespace
}  // namespace orderpush::webhooks
