#include "adapters/builtin/builtin_authorizer.hpp"

#include "base/crypto/crypto.hpp"

#include <gtest/gtest.h>

namespace orderpush::adapters {
namespace {

const protocol::PusherApp kApp{
    .id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};
constexpr const char* kId = "0190a5c0-7b1c-7def-8123-456789abcdef";

const ChannelJoiner kStaff{.member = {.id = "staff-1", .info = "{}"}};

Channel channel(const std::string& word) {
    return *Channel::parse(word + ':' + kId);
}

TEST(BuiltinAuthorizerTest, SignsAPrivateChannelWithoutChannelData) {
    const auto grant = BuiltinAuthorizer{kApp}.grant("1.2", channel("order"), kStaff);
    ASSERT_TRUE(grant);
    EXPECT_FALSE(grant->channel_data);
    const std::string name = std::string{"private-order-"} + kId;
    EXPECT_TRUE(protocol::verify_pusher_auth(kApp, grant->auth, "1.2:" + name, name));
}

TEST(BuiltinAuthorizerTest, SignsExactlyTheChannelDataItReturns) {
    const auto grant = BuiltinAuthorizer{kApp}.grant(
        "1.2",
        channel("kitchen"),
        {.member = {.id = "staff-1", .info = R"({"name":"Ana","role":"KITCHEN"})"}}
    );
    ASSERT_TRUE(grant);
    EXPECT_EQ(
        grant->channel_data, R"({"user_id":"staff-1","user_info":{"name":"Ana","role":"KITCHEN"}})"
    );
    const std::string name = std::string{"presence-kitchen-"} + kId;
    EXPECT_TRUE(protocol::verify_pusher_auth(
        kApp, grant->auth, "1.2:" + name + ':' + *grant->channel_data, name
    ));
}

TEST(BuiltinAuthorizerTest, GrantsAGuestForItsSessionOnly) {
    const auto session = *parse_id<SessionId>("0190a5c0-7b1c-7def-8123-456789abcd00");
    const ChannelJoiner guest{
        .member = {.id = "guest-1", .info = R"({"name":"Zo\u00eb"})"}, .session = session};
    const auto at_table = BuiltinAuthorizer{kApp}.grant("1.2", channel("table"), guest);
    const auto at_session = BuiltinAuthorizer{kApp}.grant("1.2", channel("session"), guest);
    ASSERT_TRUE(at_table && at_session);
    const std::string table = std::string{"private-table-"} + kId;
    EXPECT_EQ(
        at_table->auth,
        kApp.key + ':' + hmac_sha256_hex(kApp.secret, "1.2:" + table + ':' + to_string(session)) +
            ':' + to_string(session)
    );
    EXPECT_TRUE(protocol::verify_pusher_auth(kApp, at_table->auth, "1.2:" + table, table));
    const std::string name = std::string{"presence-session-"} + kId;
    const std::string text = "1.2:" + name + ':' + *at_session->channel_data;
    EXPECT_TRUE(protocol::verify_pusher_auth(kApp, at_session->auth, text, name));
}

TEST(BuiltinAuthorizerTest, RefusesACraftedSocketId) {
    for (const char* socket_id : {"1.2:private-x", "1.2\n", "", "::user::"}) {
        const auto grant = BuiltinAuthorizer{kApp}.grant(socket_id, channel("order"), kStaff);
        ASSERT_FALSE(grant) << socket_id;
        EXPECT_EQ(grant.error().kind, ErrorKind::kInvalid);
    }
}

TEST(BuiltinAuthorizerTest, ReadsBackTheNamesItSpells) {
    const BuiltinAuthorizer authorizer{kApp};
    EXPECT_EQ(
        authorizer.channel_of(authorizer.provider_name(channel("session"))), channel("session")
    );
    EXPECT_EQ(authorizer.channel_of("news"), std::nullopt);
}

}  // namespace
}  // namespace orderpush::adapters
