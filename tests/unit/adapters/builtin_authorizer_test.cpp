#include "adapters/builtin/builtin_authorizer.hpp"

#include <gtest/gtest.h>

namespace orderpush::adapters {
namespace {

const protocol::PusherApp kApp{
    .id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};
constexpr const char* kId = "0190a5c0-7b1c-7def-8123-456789abcdef";

Channel channel(const std::string& word) {
    return *Channel::parse(word + ':' + kId);
}

TEST(BuiltinAuthorizerTest, SignsAPrivateChannelWithoutChannelData) {
    const auto grant =
        BuiltinAuthorizer{kApp}.grant("1.2", channel("order"), {.id = "staff-1", .info = "{}"});
    ASSERT_TRUE(grant);
    EXPECT_FALSE(grant->channel_data);
    const std::string name = std::string{"private-order-"} + kId;
    EXPECT_TRUE(protocol::verify_pusher_auth(kApp, grant->auth, "1.2:" + name, name));
}

TEST(BuiltinAuthorizerTest, SignsExactlyTheChannelDataItReturns) {
    const auto grant = BuiltinAuthorizer{kApp}.grant(
        "1.2", channel("kitchen"), {.id = "staff-1", .info = R"({"name":"Ana","role":"KITCHEN"})"}
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

TEST(BuiltinAuthorizerTest, RefusesACraftedSocketId) {
    for (const char* socket_id : {"1.2:private-x", "1.2\n", "", "::user::"}) {
        const auto grant =
            BuiltinAuthorizer{kApp}.grant(socket_id, channel("order"), {.id = "a", .info = "{}"});
        ASSERT_FALSE(grant) << socket_id;
        EXPECT_EQ(grant.error().code, ErrorCode::kInvalid);
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
