#include "webhooks/pusher/pusher_webhooks.hpp"

#include "base/crypto/crypto.hpp"

#include <gtest/gtest.h>

namespace orderpush::webhooks {
namespace {

using Kind = PresenceFact::Kind;

const protocol::PusherApp kApp{
    .id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};
/// pusher.md, vectors V6 and V6b.
constexpr std::string_view kV6 =
    R"({"time_ms":1700000000123,"events":[{"name":"channel_occupied","channel":"presence-lobby"},{"name":"member_added","channel":"presence-lobby","user_id":"u-42"}]})";
constexpr std::string_view kV6Signature =
    "636fbc22bcd7964383f3a6563a4f351e58c5bfc068a2d6ebaf54ae07ee4fec89";
constexpr std::string_view kV6b =
    R"({"time_ms":1700000000456,"events":[{"name":"client_event","channel":"presence-lobby","event":"client-typing","data":"{\"on\":true}","socket_id":"4711.90125","user_id":"u-42"}]})";
constexpr std::string_view kV6bSignature =
    "42a6df67d678d4ca86a02ab146c8bbc46a717ce253249d363897c68b36c1d207";
constexpr Timestamp kTime{std::chrono::milliseconds{1'700'000'000'123}};
constexpr std::string_view kBranch = "0190a5c0-7b1c-7def-8123-456789abcdef";

class PusherWebhooksTest : public testing::Test {
  protected:
    static Result<WebhookNote> admit(
        std::string_view body, std::string_view signature, std::string_view key = kApp.key
    ) {
        return PusherWebhooks{kApp}.admit(
            {.header =
                 [&](std::string_view name) {
                     const bool is_key = name == "X-Pusher-Key";
                     return is_key ? key : name == "X-Pusher-Signature" ? signature : "";
                 },
             .body = body}
        );
    }
    static std::string admit_signed(const std::string& body) {
        const auto note = admit(body, hmac_sha256_hex(kApp.secret, body));
        return note ? "" : note.error().code;
    }
    static std::vector<PresenceFact> read(const std::string& events) {
        auto facts =
            PusherWebhooks{kApp}.read(R"({"time_ms":1700000000123,"events":)" + events + "}");
        return facts ? *facts : std::vector<PresenceFact>{};
    }
    static std::string kitchen() { return "presence-kitchen-" + std::string{kBranch}; }
};

TEST_F(PusherWebhooksTest, TheKnownAnswersAreSigned) {
    const auto note = admit(kV6, kV6Signature);
    ASSERT_TRUE(note);
    EXPECT_EQ(note->text, kV6);
    EXPECT_EQ(note->sent_at, kTime);
    EXPECT_TRUE(admit(kV6b, kV6bSignature));
}

TEST_F(PusherWebhooksTest, EveryByteOfTheBodyIsSigned) {
    EXPECT_EQ(admit(std::string{kV6} + '\n', kV6Signature).error().code, "webhook_forged");
    EXPECT_EQ(admit(kV6b, kV6Signature).error().code, "webhook_forged");
}

TEST_F(PusherWebhooksTest, WithoutOurKeyAndSignatureItIsForged) {
    for (const std::string_view signature : {"", "00", "zz", "636fbc22"}) {
        EXPECT_EQ(admit(kV6, signature).error().kind, ErrorKind::kUnauthenticated);
    }
    EXPECT_EQ(admit(kV6, kV6Signature, "otherkey").error().kind, ErrorKind::kUnauthenticated);
    EXPECT_EQ(admit(kV6, kV6Signature, "").error().kind, ErrorKind::kUnauthenticated);
}

TEST_F(PusherWebhooksTest, WhatIsSignedAndNoWebhookIsMalformed) {
    for (const char* const body :
         {"",
          "[]",
          "{",
          R"({"time_ms":"1","events":[]})",
          R"({"time_ms":-1,"events":[]})",
          R"({"time_ms":99999999999999999,"events":[]})",
          R"({"time_ms":1,"events":{}})",
          R"({"time_ms":1,"events":[1]})",
          R"({"time_ms":1,"events":[{"name":7}]})"}) {
        EXPECT_EQ(admit_signed(body), "webhook_malformed") << body;
    }
    EXPECT_EQ(admit_signed(R"({"time_ms":1,"events":[]})"), "");
}

TEST_F(PusherWebhooksTest, MembersAndOccupancyAreFacts) {
    const auto facts = read(
        R"([{"name":"channel_occupied","channel":")" + kitchen() +
        R"("},{"name":"member_added","channel":")" + kitchen() +
        R"(","user_id":"staff-1"},{"name":"member_removed","channel":")" + kitchen() +
        R"(","user_id":"staff-2"},{"name":"channel_vacated","channel":")" + kitchen() + R"("}])"
    );
    ASSERT_EQ(facts.size(), 4U);
    EXPECT_EQ(facts[0].kind, Kind::kOccupied);
    EXPECT_EQ(facts[1].kind, Kind::kEntered);
    EXPECT_EQ(facts[1].member_id, "staff-1");
    EXPECT_EQ(facts[1].at, kTime);
    EXPECT_EQ(facts[1].channel.name(), "kitchen:" + std::string{kBranch});
    EXPECT_EQ(facts[2].kind, Kind::kLeft);
    EXPECT_EQ(facts[3].kind, Kind::kVacated);
}

TEST_F(PusherWebhooksTest, WhatIsNotOursAndWhatIsUnknownSaysNothing) {
    EXPECT_TRUE(read(R"([{"name":"channel_occupied","channel":"presence-lobby"}])").empty());
    EXPECT_TRUE(
        read(R"([{"name":"channel_occupied","channel":"menu-)" + std::string{kBranch} + R"("}])")
            .empty()
    );
    EXPECT_TRUE(read(R"([{"name":"new_thing","channel":")" + kitchen() + R"("}])").empty());
    EXPECT_TRUE(
        read(R"([{"name":"member_added","channel":")" + kitchen() + R"(","user_id":7}])").empty()
    );
    EXPECT_TRUE(
        read(R"([{"name":"member_added","channel":")" + kitchen() + R"(","user_id":"a\u0000b"}])")
            .empty()
    );
}

}  // namespace
}  // namespace orderpush::webhooks
