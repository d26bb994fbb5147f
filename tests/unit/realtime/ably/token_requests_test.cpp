// Known answers: computed with, and cross-checked against, the npm package ably 2.28.0.

#include "realtime/ably/access/token_requests.hpp"

#include "base/crypto/crypto.hpp"
#include "protocol/ably_token.hpp"
#include "realtime/ably/access/ably_authenticator.hpp"
#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <string>

namespace orderpush::realtime::ably {
namespace {

const Timestamp kNow{std::chrono::seconds{1'700'000'000}};
constexpr const char* kName = "Zq7abc.kY9xyz";
const protocol::AblyKey kKey{.name = kName, .secret = "s3cretS3cret_S3cret-22"};

class TokenRequestsTest : public testing::Test {
  protected:
    TokenRequestsTest() { clock_.advance(kNow - test::ManualClock::kStart); }

    static TokenRequest plain(const char* mac = "psiOAGA9bTAZnr+DFaWz4b2TaZHES5+KdBprMVxoLj4=") {
        return {
            .key_name = kName,
            .timestamp = "1700000000000",
            .nonce = "1234567890123456",
            .mac = mac};
    }
    /// Signed as it is.
    static TokenRequest signed_(TokenRequest request) {
        request.mac = hmac_sha256_base64(
            kKey.secret,
            request.key_name + '\n' + request.ttl + '\n' + request.capability + '\n' +
                request.client_id.value_or("") + '\n' + request.timestamp + '\n' + request.nonce +
                '\n'
        );
        return request;
    }
    static TokenRequest fresh(std::string nonce) {
        TokenRequest request = plain();
        request.nonce = std::move(nonce);
        return request;
    }
    int code_of(const TokenRequest& request, std::optional<std::string> key = {}) {
        const auto issued = requests_.issue(kName, request, key);
        return issued ? 0 : issued.error().code;
    }

    test::ManualClock clock_;
    AppTable apps_{{.id = "1", .key = "main", .secret = "secret"}};
    AblyKeys keys_{apps_, {kKey}};
    Revocations revocations_;
    AblyAuthenticator authenticator_{keys_, revocations_, clock_};
    TokenRequests requests_{keys_, clock_};
};

TEST_F(TokenRequestsTest, TheSdksMacsAreGood) {
    EXPECT_EQ(code_of(plain()), 0);
    TokenRequest alice = plain("rZSkHrvi4VHYYCA+FrYBOLdxHjG8mfx1CqVfPEpA3pg=");
    alice.ttl = "3600000";
    alice.capability = R"({"chat":["history","publish"],"room:*":["presence","subscribe"]})";
    alice.client_id = "alice";
    EXPECT_EQ(code_of(alice), 40'105) << "its nonce was used; the mac is good";
    TokenRequest zoe = plain("xmqfoNm90D12jYyQZPFoyhSkWRC25H/qjq+DrilHsFo=");
    zoe.ttl = "1800000";
    zoe.capability = R"({"*":["*"]})";
    zoe.client_id = "zo\xC3\xAB";
    EXPECT_EQ(code_of(zoe), 40'105);
}

TEST_F(TokenRequestsTest, TheTokenIsGoodForWhatWasAsked) {
    TokenRequest request = fresh("abcdefghijklmnop");
    request.ttl = "100";
    request.capability = R"({"room:*":["subscribe"]})";
    request.client_id = "alice";
    const auto issued = requests_.issue(kName, signed_(request), {});
    ASSERT_TRUE(issued);
    EXPECT_EQ(issued->expires - issued->issued, std::chrono::milliseconds{100});
    const auto access = authenticator_.authenticate({.token = issued->token});
    ASSERT_TRUE(access);
    EXPECT_EQ(access->client.id(), "alice");
    EXPECT_EQ(access->capability.to_string(), R"({"room:*":["subscribe"]})");
    EXPECT_EQ(access->expires_at, issued->expires);
    EXPECT_FALSE(access->session);
    const Value value = to_value(*issued);
    EXPECT_EQ(value.at("capability"), R"({"room:*":["subscribe"]})");
    EXPECT_EQ(value.at("expires"), 1'700'000'000'100);
    EXPECT_EQ(value.at("keyName"), kName);
}

TEST_F(TokenRequestsTest, ANonceIsGoodOnceForEachKey) {
    EXPECT_EQ(code_of(plain()), 0);
    EXPECT_EQ(code_of(plain()), 40'105);
    clock_.advance(std::chrono::minutes{1});
    EXPECT_EQ(code_of(plain()), 40'105);
    clock_.advance(std::chrono::minutes{4});
    EXPECT_EQ(code_of(plain()), 40'104) << "too old to come again";
}

TEST_F(TokenRequestsTest, WhatIsRefusedUsesNoNonceUp) {
    TokenRequest wrong = plain();
    wrong.ttl = "-1";
    EXPECT_EQ(code_of(signed_(wrong)), 40'003);
    EXPECT_EQ(code_of(plain()), 0);
}

TEST_F(TokenRequestsTest, ForgedRequestsAreRefused) {
    EXPECT_EQ(code_of(plain("AAAA")), 40'101);
    EXPECT_EQ(code_of(plain("")), 40'101);
    TokenRequest wider = plain();
    wider.capability = R"({"*":["*"]})";
    EXPECT_EQ(code_of(wider), 40'101);
    // What one field ends with cannot be moved to the next.
    TokenRequest moved = signed_(plain());
    moved.timestamp = "1700000000000\n1234567890123456";
    moved.nonce = "";
    EXPECT_NE(code_of(moved), 0);
    TokenRequest other = plain();
    other.key_name = "1.main";
    EXPECT_EQ(code_of(other), 40'102);
    EXPECT_EQ(requests_.issue("9.nobody", {.key_name = "9.nobody"}, {}).error().code, 40'400);
    EXPECT_EQ(requests_.issue("nobody", {.key_name = "nobody"}, {}).error().code, 40'101);
}

TEST_F(TokenRequestsTest, EachFieldIsChecked) {
    const auto code_with = [&](std::string TokenRequest::*field, const char* value) {
        TokenRequest request = plain();
        request.*field = value;
        return code_of(signed_(request));
    };
    EXPECT_EQ(code_with(&TokenRequest::ttl, "86400001"), 40'003);
    EXPECT_EQ(code_with(&TokenRequest::ttl, "soon"), 40'003);
    EXPECT_EQ(code_with(&TokenRequest::ttl, "0"), 40'003);
    EXPECT_EQ(code_with(&TokenRequest::timestamp, "1699999879999"), 40'104);
    EXPECT_EQ(code_with(&TokenRequest::timestamp, "1700000120001"), 40'104);
    EXPECT_EQ(code_with(&TokenRequest::timestamp, ""), 40'104);
    EXPECT_EQ(code_with(&TokenRequest::nonce, "short"), 40'000);
    EXPECT_EQ(code_with(&TokenRequest::capability, "{"), 40'000);
    EXPECT_EQ(code_with(&TokenRequest::capability, "{}"), 40'160);
    TokenRequest nobody = plain();
    nobody.client_id = "";
    EXPECT_EQ(code_of(signed_(nobody)), 40'012);
}

TEST_F(TokenRequestsTest, ItsKeyNeedsNoSignature) {
    const TokenRequest request{.key_name = kName};
    EXPECT_EQ(code_of(request, kName), 0);
    EXPECT_EQ(code_of(request, kName), 0);
    EXPECT_EQ(code_of(request, "1.main"), 40'101);
    EXPECT_EQ(code_of(request), 40'101);
}

TEST_F(TokenRequestsTest, AGuestsRequestKeepsItsSession) {
    const SessionId session{*parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef")};
    const auto request = signed_(fresh(protocol::token_request_nonce(session)));
    const auto issued = requests_.issue(kName, request, {});
    ASSERT_TRUE(issued);
    EXPECT_EQ(authenticator_.authenticate({.token = issued->token})->session, session);
}

TEST(TokenRequestTest, NumbersMayBeTexts) {
    const auto request = read_token_request(
        {{"keyName", "a.b"}, {"ttl", 3'600'000.0}, {"timestamp", "17"}, {"clientId", nullptr}}
    );
    ASSERT_TRUE(request);
    EXPECT_EQ(request->ttl, "3600000");
    EXPECT_EQ(request->timestamp, "17");
    EXPECT_FALSE(request->client_id);
    EXPECT_EQ(read_token_request({{"ttl", 0.5}}).error().code, 40'000);
    EXPECT_EQ(read_token_request({{"nonce", Value::array()}}).error().code, 40'000);
    EXPECT_EQ(read_token_request({{"clientId", 7}}).error().code, 40'012);
    EXPECT_EQ(read_token_request("text").error().code, 40'000);
}

}  // namespace
}  // namespace orderpush::realtime::ably
