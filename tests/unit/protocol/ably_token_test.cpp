// Known answers: computed with, and cross-checked against, the npm package ably 2.28.0.

#include "protocol/ably_token.hpp"

#include "base/crypto/jwt.hpp"

#include <gtest/gtest.h>

namespace orderpush::protocol {
namespace {

constexpr const char* kText = "Zq7abc.kY9xyz:s3cretS3cret_S3cret-22";
const AblyKey kKey = *parse_ably_key(kText);
const Timestamp kTime{std::chrono::seconds{1'700'000'000}};

TEST(AblyKeyTest, HasANameAndASecret) {
    EXPECT_EQ(kKey.name, "Zq7abc.kY9xyz");
    EXPECT_EQ(kKey.secret, "s3cretS3cret_S3cret-22");
    EXPECT_EQ(basic_authorization(kKey), "Basic WnE3YWJjLmtZOXh5ejpzM2NyZXRTM2NyZXRfUzNjcmV0LTIy");
}

TEST(AblyKeyTest, AnythingElseIsNone) {
    for (const char* text :
         {"",
          "app.key",
          "appkey:secret",
          ".key:secret",
          "app.:secret",
          "app.key:",
          "app.key:a:b",
          "app.key:sec ret",
          "app:key.secret"}) {
        EXPECT_FALSE(parse_ably_key(text)) << text;
    }
}

TEST(AblyTokenTest, MacsAreThoseOfTheSdk) {
    const AblyClaims alice{
        .client_id = "alice",
        .capability = R"({"chat":["history","publish"],"room:*":["presence","subscribe"]})",
        .lifetime = std::chrono::hours{1}};
    EXPECT_EQ(
        token_request_mac(kKey, alice, kTime, "1234567890123456"),
        "rZSkHrvi4VHYYCA+FrYBOLdxHjG8mfx1CqVfPEpA3pg="
    );
    const AblyClaims zoe{
        .client_id = "zo\xC3\xAB",
        .capability = R"({"*":["*"]})",
        .lifetime = std::chrono::minutes{30}};
    EXPECT_EQ(
        token_request_mac(kKey, zoe, kTime, "1234567890123456"),
        "xmqfoNm90D12jYyQZPFoyhSkWRC25H/qjq+DrilHsFo="
    );
}

TEST(AblyTokenTest, JwtIsOfTheFormThatTheServiceTakes) {
    // The header's members stand in another order in ours, which changes the signature only.
    const JwtKeyring keyring{{{.kid = kKey.name, .secret = kKey.secret}}};
    const std::string theirs =
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImtpZCI6IlpxN2FiYy5rWTl4eXoifQ."
        "eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwieC1hYmx5LWNhcGFiaWxpdHkiOiJ7XCJyb29tOipc"
        "IjpbXCJzdWJzY3JpYmVcIixcInByZXNlbmNlXCJdfSIsIngtYWJseS1jbGllbnRJZCI6ImFsaWNlIn0."
        "lO-AR5WnOe2bH-Jdr_CZ8YtRhrqhgstD8KcVD4wTFng";
    const std::string ours = ably_jwt(
        kKey,
        {.client_id = "alice",
         .capability = R"({"room:*":["subscribe","presence"]})",
         .lifetime = std::chrono::hours{1}},
        kTime
    );
    ASSERT_TRUE(keyring.verify(theirs, kTime));
    ASSERT_TRUE(keyring.verify(ours, kTime));
    EXPECT_EQ(keyring.verify(ours, kTime).value(), keyring.verify(theirs, kTime).value());
}

TEST(AblyTokenTest, AGuestsTokensNameTheSession) {
    const SessionId session{*parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef")};
    const JwtKeyring keyring{{{.kid = kKey.name, .secret = kKey.secret}}};
    const std::string jwt = ably_jwt(
        kKey,
        {.client_id = "guest-1",
         .capability = "{}",
         .lifetime = std::chrono::hours{1},
         .session = session},
        kTime
    );
    EXPECT_NE(
        keyring.verify(jwt, kTime)
            .value()
            .find(R"("orderpush-session":"0190a5c0-7b1c-7def-8123-456789abcdef")"),
        std::string::npos
    );
    const std::string nonce = token_request_nonce(session);
    EXPECT_EQ(session_of_nonce(nonce), session);
    EXPECT_NE(token_request_nonce(session), nonce);
    EXPECT_FALSE(session_of_nonce(token_request_nonce({})));
    EXPECT_FALSE(session_of_nonce("orderpush-session.x.y"));
}

}  // namespace
}  // namespace orderpush::protocol
