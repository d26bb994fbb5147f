// Known answers: computed with, and cross-checked against, the npm package ably 2.28.0.

#include "realtime/ably/access/ably_authenticator.hpp"

#include "base/crypto/crypto.hpp"
#include "base/crypto/jwt.hpp"
#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

using Json = nlohmann::json;

const Timestamp kNow{std::chrono::seconds{1'700'000'000}};
constexpr std::string_view kHostedKey = "Zq7abc.kY9xyz:s3cretS3cret_S3cret-22";
constexpr const char* kSecret = "secret-of-the-default-application";

std::string base64url(std::string_view bytes) {
    std::string text = base64(bytes);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    text.resize(text.find_last_not_of('=') + 1);
    return text;
}

class AblyAuthenticatorTest : public testing::Test {
  protected:
    AblyAuthenticatorTest() { clock_.advance(kNow - test::ManualClock::kStart); }

    static std::string token(
        const Json& claims, const std::string& kid = "1.main", const std::string& secret = kSecret
    ) {
        return JwtKeyring{{{.kid = kid, .secret = secret}}}.sign(claims.dump());
    }
    static Json claims() { return {{"iat", 1'700'000'000}, {"exp", 1'700'003'600}}; }
    Checked<AblyAccess> shown(Credentials credentials) {
        return authenticator_.authenticate(credentials);
    }
    int code_of(const std::string& token) {
        const auto access = shown({.token = token});
        return access ? 0 : access.error().code;
    }

    test::ManualClock clock_;
    AppTable apps_{{.id = "1", .key = "main", .secret = kSecret}};
    AblyKeys keys_{apps_, {*protocol::parse_ably_key(kHostedKey)}};
    Revocations revocations_;
    AblyAuthenticator authenticator_{keys_, revocations_, clock_};
};

TEST_F(AblyAuthenticatorTest, AnApplicationsKeySpeaksAblyToo) {
    const auto access = shown({.key = std::string{"1.main:"} + kSecret});
    ASSERT_TRUE(access);
    EXPECT_EQ(access->key_name, "1.main");
    EXPECT_TRUE(access->is_key);
    EXPECT_EQ(access->client.shown(), "*");
    EXPECT_TRUE(access->capability.allows(Operation::kPublish, "[meta]x"));
    EXPECT_FALSE(access->expires_at);
}

TEST_F(AblyAuthenticatorTest, AFurtherApplicationHasAKeyUntilItIsDisabled) {
    HostedApp second{.id = "2", .key = "k2", .secret = "other"};
    apps_.set_further({second});
    const auto access = shown({.key = "2.k2:other"});
    ASSERT_TRUE(access);
    EXPECT_EQ(access->app->key_prefix, "2/");
    second.is_disabled = true;
    apps_.set_further({second});
    EXPECT_EQ(shown({.key = "2.k2:other"}).error().code, 40'300);
    EXPECT_EQ(authenticator_.recheck(*access)->code, 40'300);
    apps_.set_further({});
    EXPECT_EQ(authenticator_.recheck(*access)->code, 40'400);
}

TEST_F(AblyAuthenticatorTest, WrongKeysAreRefusedForGood) {
    EXPECT_EQ(shown({.key = "1.main:wrong"}).error().code, 40'101);
    EXPECT_EQ(shown({.key = "1.main"}).error().code, 40'101);
    EXPECT_EQ(shown({.key = "1.main:"}).error().code, 40'101);
    EXPECT_EQ(shown({.key = "this.is:wrong"}).error().code, 40'400);
    EXPECT_EQ(shown({.key = "1.other:x"}).error().code, 40'400);
    EXPECT_EQ(shown({}).error().code, 40'106);
    EXPECT_EQ(shown({}).error().status, 401);
}

TEST_F(AblyAuthenticatorTest, TheHostedServicesJwtIsGoodHere) {
    const auto access = shown(
        {.token =
             "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImtpZCI6IlpxN2FiYy5rWTl4eXoifQ."
             "eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwieC1hYmx5LWNhcGFiaWxpdHkiOiJ7XCJyb29t"
             "OipcIjpbXCJzdWJzY3JpYmVcIixcInByZXNlbmNlXCJdfSIsIngtYWJseS1jbGllbnRJZCI6ImFsaWNlIn0."
             "lO-AR5WnOe2bH-Jdr_CZ8YtRhrqhgstD8KcVD4wTFng"}
    );
    ASSERT_TRUE(access);
    EXPECT_TRUE(access->app->is_default());
    EXPECT_EQ(access->client.id(), "alice");
    EXPECT_EQ(access->capability.to_string(), R"({"room:*":["presence","subscribe"]})");
    EXPECT_EQ(access->expires_at, kNow + std::chrono::hours{1});
}

TEST_F(AblyAuthenticatorTest, AGuestsTokenNamesItsSession) {
    const std::string id = "0190a5c0-7b1c-7def-8123-456789abcdef";
    Json with = claims();
    with["orderpush-session"] = id;
    const auto access = shown({.token = token(with)});
    ASSERT_TRUE(access);
    EXPECT_EQ(to_string(*access->session), id);
    with["orderpush-session"] = "none";
    EXPECT_EQ(code_of(token(with)), 40'000);
}

TEST_F(AblyAuthenticatorTest, ForgedTokensAreRefused) {
    const std::string good = token(claims());
    ASSERT_EQ(code_of(good), 0);
    const auto first = good.find('.');
    const auto second = good.find('.', first + 1);
    const std::string payload = good.substr(first + 1, second - first - 1);
    const std::string signature = good.substr(second + 1);
    const auto with_header = [&](const Json& header) {
        return base64url(header.dump()) + '.' + payload + '.' + signature;
    };
    EXPECT_EQ(code_of(with_header({{"alg", "none"}, {"kid", "1.main"}})), 40'144);
    EXPECT_EQ(code_of(with_header({{"alg", "HS512"}, {"kid", "1.main"}})), 40'144);
    EXPECT_EQ(code_of(with_header({{"alg", "RS256"}, {"kid", "1.main"}})), 40'144);
    EXPECT_EQ(code_of(token(claims(), "1.main", "another secret")), 40'144);
    EXPECT_EQ(code_of(token(claims(), "Zq7abc.kY9xyz", kSecret)), 40'144);
    EXPECT_EQ(code_of(good.substr(0, second + 1)), 40'143);
    EXPECT_EQ(code_of(good + "A"), 40'144);
    EXPECT_EQ(code_of(good + ".x"), 40'143);
    Json wider = claims();
    wider["x-ably-capability"] = R"({"*":["*"]})";
    EXPECT_EQ(
        code_of(good.substr(0, first + 1) + base64url(wider.dump()) + '.' + signature), 40'144
    );
    EXPECT_EQ(code_of(token(claims(), "9.nobody")), 40'400);
    EXPECT_EQ(code_of(with_header({{"alg", "HS256"}})), 40'400);
    EXPECT_EQ(code_of("fake:token"), 40'143);
    EXPECT_EQ(code_of(""), 40'143);
    EXPECT_EQ(code_of(std::string(kTokenBytesMax + 1, 'a')), 40'143);
    EXPECT_EQ(code_of("!!!.###.$$$"), 40'143);
}

TEST_F(AblyAuthenticatorTest, TimesAreChecked) {
    const auto with = [&](const char* name, const Json& value) {
        Json changed = claims();
        changed[name] = value;
        return code_of(token(changed));
    };
    EXPECT_EQ(with("exp", 1'700'000'000), 40'142);
    EXPECT_EQ(with("exp", 1'700'000'000.5), 0);
    EXPECT_EQ(with("exp", 1'700'086'401), 40'003);
    EXPECT_EQ(with("exp", "soon"), 40'144);
    EXPECT_EQ(with("iat", 1'700'000'060), 0);
    EXPECT_EQ(with("iat", 1'700'000'200), 40'104);
    EXPECT_EQ(with("iat", nullptr), 40'144);
    EXPECT_EQ(with("iat", -1e300), 40'144);
    EXPECT_EQ(code_of(token({{"exp", 1'700'003'600}})), 40'144);
    EXPECT_EQ(code_of(token({{"iat", 1'700'000'000}})), 40'144);
}

TEST_F(AblyAuthenticatorTest, WhatATokenMayNotSayIsRefusedForGood) {
    const auto with = [&](const char* name, const Json& value) {
        Json changed = claims();
        changed[name] = value;
        return code_of(token(changed));
    };
    EXPECT_EQ(with("x-ably-capability", R"({"*":["fly"]})"), 40'000);
    EXPECT_EQ(with("x-ably-capability", Json{{"*", {"*"}}}), 40'000);
    EXPECT_EQ(with("x-ably-capability", "{}"), 40'160);
    EXPECT_EQ(with("x-ably-capability", nullptr), 0);
    EXPECT_EQ(with("x-ably-clientId", ""), 40'012);
    EXPECT_EQ(with("x-ably-clientId", 7), 40'012);
    EXPECT_EQ(with("x-ably-clientId", nullptr), 0);
}

TEST_F(AblyAuthenticatorTest, AnInnerTokenCountsAndNoneWithinThat) {
    const std::string inner = token(claims());
    EXPECT_EQ(code_of(base64url(Json{{"x-ably-token", inner}}.dump()) + ".e30.c2ln"), 0);
    const std::string twice = base64url(Json{{"x-ably-token", inner}}.dump()) + ".e30.c2ln";
    EXPECT_EQ(code_of(base64url(Json{{"x-ably-token", twice}}.dump()) + ".e30.c2ln"), 40'400);
    EXPECT_EQ(code_of(base64url(Json{{"x-ably-token", "x"}}.dump()) + ".e30.c2ln"), 40'143);
}

TEST_F(AblyAuthenticatorTest, TheClientIsWhomCredentialAndClaimAgreeOn) {
    const auto client = [&](const Json& of_token, std::optional<std::string> claimed) {
        Json all = claims();
        all["x-ably-clientId"] = of_token;
        const auto access = shown({.token = token(all), .client_id = std::move(claimed)});
        return access ? access->client.shown().value_or("nobody")
                      : std::to_string(access.error().code);
    };
    EXPECT_EQ(client(nullptr, std::nullopt), "nobody");
    EXPECT_EQ(client(nullptr, "x"), "40102");
    EXPECT_EQ(client("a", std::nullopt), "a");
    EXPECT_EQ(client("a", "a"), "a");
    EXPECT_EQ(client("a", "b"), "40102");
    EXPECT_EQ(client("*", std::nullopt), "*");
    EXPECT_EQ(client("*", "x"), "x");
    EXPECT_EQ(client("*", "*"), "40012");
    EXPECT_EQ(client("*", ""), "40012");
    EXPECT_EQ(client("*", "a\nb"), "40012");
    EXPECT_EQ(client("*", "\xFF"), "40012");
}

TEST_F(AblyAuthenticatorTest, MessagesAreStampedWithWhoMaySayThem) {
    EXPECT_EQ(*ClientIdentity::any().stamp(std::nullopt), "");
    EXPECT_EQ(*ClientIdentity::any().stamp("x"), "x");
    EXPECT_EQ(ClientIdentity::any().stamp("*").error().code, 40'012);
    EXPECT_EQ(*ClientIdentity::of("a").stamp(std::nullopt), "a");
    EXPECT_EQ(*ClientIdentity::of("a").stamp("a"), "a");
    EXPECT_EQ(ClientIdentity::of("a").stamp("b").error().code, 40'012);
    EXPECT_EQ(*ClientIdentity{}.stamp(std::nullopt), "");
    EXPECT_EQ(ClientIdentity{}.stamp("a").error().code, 40'012);
}

TEST_F(AblyAuthenticatorTest, ATokenEnds) {
    const auto access = shown({.token = token(claims())});
    ASSERT_TRUE(access);
    EXPECT_FALSE(authenticator_.recheck(*access));
    clock_.advance(std::chrono::hours{1});
    EXPECT_EQ(authenticator_.recheck(*access)->code, 40'142);
}

TEST_F(AblyAuthenticatorTest, RevokedIsWhatWasIssuedBefore) {
    Json of_alice = claims();
    of_alice["x-ably-clientId"] = "alice";
    const auto access = shown({.token = token(of_alice)});
    ASSERT_TRUE(access);
    const Revocation revocation{
        .key_name = "1.main",
        .kind = Revocation::Kind::kClientId,
        .value = "alice",
        .issued_before = kNow + std::chrono::milliseconds{1},
        .applies_at = kNow + std::chrono::seconds{30}};
    ASSERT_FALSE(revocations_.add(revocation, kNow));
    EXPECT_FALSE(authenticator_.recheck(*access)) << "the margin lasts";
    clock_.advance(std::chrono::seconds{30});
    EXPECT_EQ(authenticator_.recheck(*access)->code, 40'141);
    EXPECT_EQ(code_of(token(of_alice)), 40'141);
    of_alice["iat"] = 1'700'000'001;
    EXPECT_EQ(code_of(token(of_alice)), 0);
    of_alice["iat"] = 1'700'000'000;
    EXPECT_EQ(code_of(token(of_alice, "Zq7abc.kY9xyz", "s3cretS3cret_S3cret-22")), 0)
        << "another key's";
}

TEST_F(AblyAuthenticatorTest, AChannelsRevocationIsForWhoMayDoAnythingThere) {
    ASSERT_FALSE(revocations_.add(
        {.key_name = "1.main",
         .kind = Revocation::Kind::kChannel,
         .value = "room:1",
         .issued_before = kNow + std::chrono::milliseconds{1},
         .applies_at = kNow},
        kNow
    ));
    const auto code_with = [&](const char* capability) {
        Json all = claims();
        all["x-ably-capability"] = capability;
        return code_of(token(all));
    };
    EXPECT_EQ(code_with(R"({"room:1":["subscribe"]})"), 40'141);
    EXPECT_EQ(code_with(R"({"room:*":["history"]})"), 40'141);
    EXPECT_EQ(code_with(R"({"room:2":["subscribe"]})"), 0);
    EXPECT_TRUE(shown({.key = std::string{"1.main:"} + kSecret})) << "a key is not revoked";
}

TEST_F(AblyAuthenticatorTest, ARevocationIsNeverForgottenToMakeRoom) {
    for (std::size_t i = 0; i < Revocations::kCountMax; ++i) {
        ASSERT_FALSE(revocations_.add(
            {.key_name = "1.main",
             .value = std::to_string(i),
             .issued_before = kNow,
             .applies_at = kNow},
            kNow
        ));
    }
    const Revocation further{
        .key_name = "1.main", .value = "one more", .issued_before = kNow, .applies_at = kNow};
    EXPECT_EQ(revocations_.add(further, kNow)->code, 42'922);
    EXPECT_EQ(revocations_.add(further, kNow)->status, 429);
    EXPECT_FALSE(revocations_.add(further, kNow + std::chrono::hours{25})) << "what no token needs";
}

TEST_F(AblyAuthenticatorTest, AReplacementIsOfTheSameClient) {
    const auto of = [&](const char* client) {
        Json all = claims();
        all["x-ably-clientId"] = client;
        return *shown({.token = token(all)});
    };
    EXPECT_FALSE(AblyAuthenticator::check_replacement(of("a"), of("a")));
    EXPECT_EQ(AblyAuthenticator::check_replacement(of("a"), of("b"))->code, 40'102);
}

TEST(AblyCredentialsTest, AreReadFromHeadersAndQueries) {
    const auto of = [](std::string_view name, std::string_view value) {
        return credentials_of({.method = "GET", .path = "/", .headers = {{name, value}}}, {});
    };
    const std::string basic = "Basic " + base64(kHostedKey);
    EXPECT_EQ(basic, "Basic WnE3YWJjLmtZOXh5ejpzM2NyZXRTM2NyZXRfUzNjcmV0LTIy");
    EXPECT_EQ(of("Authorization", basic)->key, kHostedKey);
    EXPECT_EQ(of("authorization", "bearer a.b.c")->token, "a.b.c");
    EXPECT_EQ(of("Authorization", "Bearer " + base64("a.b.c"))->token, "a.b.c");
    EXPECT_EQ(of("X-Ably-ClientId", "em/Dqw==")->client_id, "zo\xC3\xAB");
    EXPECT_EQ(of("X-Ably-ClientId", "!").error().code, 40'012);
    EXPECT_EQ(of("Authorization", "Digest x").error().code, 40'101);
    EXPECT_EQ(of("Authorization", "Basic !").error().code, 40'101);
    EXPECT_EQ(credentials_in({{"accessToken", "t"}}).token, "t");
    const auto both = credentials_of(
        {.method = "GET", .path = "/", .headers = {{"Authorization", basic}}},
        {{"access_token", "t"}, {"clientId", "x"}}
    );
    EXPECT_FALSE(both->token);
    EXPECT_EQ(both->client_id, "x");
}

}  // namespace
}  // namespace orderpush::realtime::ably
