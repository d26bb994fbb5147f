#include "adapters/ably/ably_authorizer.hpp"
#include "adapters/pusher/pusher_authorizer.hpp"
#include "base/crypto/crypto.hpp"
#include "base/crypto/jwt.hpp"
#include "protocol/ably_token_issuer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace orderpush::adapters {
namespace {

using Json = nlohmann::json;

const Uuid kBranch = *parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef");
const Channel kKitchen = Channel::kitchen({kBranch});
const Channel kMenu = Channel::menu({kBranch});
const Timestamp kNow{std::chrono::seconds{1'700'000'000}};
const PresenceMember kAna{.id = "staff-1", .info = R"({"name":"Ana"})"};

class PusherAuthorizerTest : public testing::Test {
  protected:
    PusherAuthorizer authorizer_{
        {.id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"}};
};

TEST_F(PusherAuthorizerTest, GuestsGetThePlainFormThatTheHostedServiceKnows) {
    const auto grant =
        authorizer_.grant("1.2", kKitchen, {.member = kAna, .session = SessionId{kBranch}});
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->channel_data, R"({"user_id":"staff-1","user_info":{"name":"Ana"}})");
    EXPECT_EQ(
        grant->auth,
        "relaykey01:" +
            hmac_sha256_hex(
                "relay-secret-For-Tests",
                "1.2:presence-kitchen-" + to_string(kBranch) + ":" + *grant->channel_data
            )
    );
}

TEST_F(PusherAuthorizerTest, SignsUsersInAsTheSdkDoes) {
    const auto grant = authorizer_.grant_user("4711.90125", kAna);
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->user_data, R"({"id":"staff-1","user_info":{"name":"Ana"}})");
    EXPECT_EQ(
        grant->auth,
        "relaykey01:" +
            hmac_sha256_hex("relay-secret-For-Tests", "4711.90125::user::" + grant->user_data)
    );
}

TEST_F(PusherAuthorizerTest, RefusesWhatWouldSignSomethingElse) {
    EXPECT_EQ(
        authorizer_.grant("1.2:x", kKitchen, {.member = kAna}).error().code, "socket_id_invalid"
    );
    EXPECT_EQ(authorizer_.grant_user("1.2\n", kAna).error().code, "socket_id_invalid");
    EXPECT_EQ(
        authorizer_.grant_user("1.2", {.id = "a:b", .info = "{}"}).error().code, "user_id_invalid"
    );
}

class AblyAuthorizerTest : public testing::Test {
  protected:
    static Json claims_of(const std::string& token) {
        const JwtKeyring keyring{{{.kid = "Zq7abc.kY9xyz", .secret = "s3cretS3cret_S3cret-22"}}};
        return Json::parse(keyring.verify(token, kNow).value());
    }
    TokenGrant grant() const {
        return {
            .client_id = "staff-1",
            .capabilities =
                {{.channel = kMenu, .may_subscribe = true},
                 {.channel = kKitchen, .may_subscribe = true, .may_be_present = true}},
            .lifetime = std::chrono::minutes{15}};
    }

    AblyAuthorizer authorizer_;
    protocol::AblyTokenIssuer issuer_{
        *protocol::parse_ably_key("Zq7abc.kY9xyz:s3cretS3cret_S3cret-22"), false};
};

TEST_F(AblyAuthorizerTest, TokenNamesTheKeyTheBearerAndWhatIsAllowed) {
    const auto claims = claims_of(issuer_.token(grant(), kNow));
    EXPECT_EQ(claims.at("x-ably-clientId"), "staff-1");
    EXPECT_EQ(claims.at("iat"), 1'700'000'000);
    EXPECT_EQ(claims.at("exp"), 1'700'000'900);
    EXPECT_EQ(
        claims.at("x-ably-capability"),
        R"({"kitchen:0190a5c0-7b1c-7def-8123-456789abcdef":["presence","subscribe"],)"
        R"("menu:0190a5c0-7b1c-7def-8123-456789abcdef":["subscribe"]})"
    );
}

TEST_F(AblyAuthorizerTest, TokenRequestIsSignedOverItsOwnText) {
    const auto request = Json::parse(issuer_.token_request(grant(), kNow));
    const std::string text = request.at("keyName").get<std::string>() + "\n" +
                             std::to_string(request.at("ttl").get<std::int64_t>()) + "\n" +
                             request.at("capability").get<std::string>() + "\n" +
                             request.at("clientId").get<std::string>() + "\n" +
                             std::to_string(request.at("timestamp").get<std::int64_t>()) + "\n" +
                             request.at("nonce").get<std::string>() + "\n";
    EXPECT_EQ(request.at("mac"), hmac_sha256_base64("s3cretS3cret_S3cret-22", text));
    EXPECT_GE(request.at("nonce").get<std::string>().size(), 16U);
    EXPECT_EQ(request.at("ttl"), 900'000);
    EXPECT_NE(request.at("nonce"), Json::parse(issuer_.token_request(grant(), kNow)).at("nonce"));
}

TEST_F(AblyAuthorizerTest, ReadsWhatABrowserAsksFor) {
    const auto request = issuer_.read_capability(
        R"({"[?rewind=1])" + kKitchen.name() + R"(":["subscribe"],")" + kMenu.name() +
        R"(":["*"],"foreign":["subscribe"]})"
    );
    ASSERT_TRUE(request);
    EXPECT_FALSE(request->is_for_all);
    ASSERT_EQ(request->channels.size(), 2U);
    EXPECT_EQ(request->channels[0].channel, kKitchen);
    EXPECT_TRUE(request->channels[0].may_subscribe);
    EXPECT_FALSE(request->channels[0].may_be_present);
    EXPECT_TRUE(request->channels[1].may_be_present);
    EXPECT_TRUE(issuer_.read_capability(R"({"*":["*"]})")->is_for_all);
}

TEST_F(AblyAuthorizerTest, RefusesCapabilitiesThatAreNone) {
    for (const std::string text :
         {"", "[]", "{}", "{", R"({"a":[]})", R"({"a":"subscribe"})", R"({"a":[1]})"}) {
        EXPECT_EQ(issuer_.read_capability(text).error().code, "capability_invalid") << text;
    }
    std::string many = "{";
    for (int i = 0; i < 51; ++i) {
        many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":["*"])";
    }
    EXPECT_FALSE(issuer_.read_capability(many + "}"));
    EXPECT_FALSE(issuer_.read_capability(std::string(9'000, ' ') + "{}"));
}

}  // namespace
}  // namespace orderpush::adapters
