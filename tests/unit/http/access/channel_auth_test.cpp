// POST /v1/realtime/pusher/auth, as the SDKs call it.

#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/api_services.hpp"

namespace orderpush::http {
namespace {

class ChannelAuthTest : public ApiTest {
  protected:
    Reply authorize(
        const std::string& token,
        const std::string& form,
        const std::string& path = "/v1/realtime/pusher/auth"
    ) {
        return send(
            "POST",
            path,
            {"Authorization: Bearer " + token, "Content-Type: application/x-www-form-urlencoded"},
            form
        );
    }
    std::string kitchen() const { return "presence-kitchen-" + to_string(branch_.id); }
    std::string tables() const { return "private-tables-" + to_string(branch_.id); }
};

TEST_F(ChannelAuthTest, PresenceGrantCarriesTheSignedMember) {
    const Reply reply =
        authorize(cook_token(), "socket_id=123.456&channel_name=" + kitchen() + "&more=1");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto grant = reply.json();
    EXPECT_EQ(grant.size(), 2U);
    EXPECT_EQ(
        grant.at("auth").get<std::string>(),
        "key:" +
            hmac_sha256_hex(
                "secret", "123.456:" + kitchen() + ":" + grant.at("channel_data").get<std::string>()
            )
    );
}

TEST_F(ChannelAuthTest, PrivateGrantHasNoMember) {
    const Reply reply = authorize(cook_token(), "socket_id=1.2&channel_name=" + tables());
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(
        reply.json(),
        (nlohmann::json{{"auth", "key:" + hmac_sha256_hex("secret", "1.2:" + tables())}})
    );
}

TEST_F(ChannelAuthTest, AnUnknownProviderSignsNothingWhereverItIsNamed) {
    const std::string cook = cook_token();
    for (const std::string base : {"/v1/realtime/pusher", "/pusher", "/broadcasting"}) {
        for (const auto& [path, fields] : std::vector<std::pair<std::string, std::string>>{
                 {"/auth", "socket_id=1.2&channel_name=" + tables()},
                 {"/user-auth", "socket_id=1.2"}}) {
            EXPECT_EQ(authorize(cook, fields, base + path).status, 200) << base << path;
            EXPECT_EQ(authorize(cook, fields + "&provider=builtin", base + path).status, 200);
            EXPECT_EQ(authorize(cook, fields, base + path + "?provider=builtin").status, 200);
            for (const std::string wrong : {"carrier-pigeon", "pusher", ""}) {
                const Reply named = authorize(cook, fields + "&provider=" + wrong, base + path);
                EXPECT_EQ(named.status, 403) << base << path << wrong;
                EXPECT_EQ(named.code(), "provider_unknown");
                const Reply asked = authorize(cook, fields, base + path + "?provider=" + wrong);
                EXPECT_EQ(asked.status, 403) << base << path << wrong;
                EXPECT_EQ(asked.code(), "provider_unknown");
            }
            const Reply both =
                authorize(cook, fields + "&provider=pusher", base + path + "?provider=builtin");
            EXPECT_EQ(both.code(), "provider_unknown");
        }
    }
}

TEST_F(ChannelAuthTest, JsonAndTheAliasesAreTheSameHandler) {
    const std::string cook = cook_token();
    const Reply json = send_json(
        "POST", "/v1/realtime/pusher/auth", cook, {{"socket_id", "1.2"}, {"channel_name", tables()}}
    );
    ASSERT_EQ(json.status, 200) << json.body;
    for (const char* path : {"/pusher/auth", "/broadcasting/auth", "/api/pusher/auth"}) {
        const Reply reply = authorize(cook, "socket_id=1.2&channel_name=" + tables(), path);
        EXPECT_EQ(reply.body, json.body) << path;
    }
}

TEST_F(ChannelAuthTest, EveryRefusalIsForbiddenWithAReason) {
    const std::string guest = guest_token();
    const std::string cook = cook_token();
    EXPECT_EQ(authorize(guest, "socket_id=1.2&channel_name=" + kitchen()).status, 403);
    EXPECT_EQ(authorize(cook, "socket_id=1.2&channel_name=private-unknown").status, 403);
    EXPECT_EQ(authorize(cook, "socket_id=1.2").status, 403);
    EXPECT_EQ(authorize(cook, "").status, 403);
    const Reply malformed = authorize(cook, "socket_id=1.2:x&channel_name=" + kitchen());
    EXPECT_EQ(malformed.status, 403);
    EXPECT_EQ(malformed.code(), "socket_id_invalid");
}

TEST_F(ChannelAuthTest, CredentialsComeFirst) {
    EXPECT_EQ(authorize("nonsense", "socket_id=1.2&channel_name=" + kitchen()).status, 401);
}

TEST_F(ChannelAuthTest, AStoreThatIsAwayStaysUnavailable) {
    services_->order_store.failure = Error{
        .kind = ErrorKind::kUnavailable,
        .code = "database_unavailable",
        .message = "Try again.",
        .retry_after = std::chrono::seconds{1}};
    const std::string order = "private-order-" + to_string(ids_.next());
    EXPECT_EQ(authorize(cook_token(), "socket_id=1.2&channel_name=" + order).status, 503);
}

TEST_F(ChannelAuthTest, BrokenFormIsMalformed) {
    EXPECT_EQ(authorize(cook_token(), "socket_id=%zz").status, 400);
}

}  // namespace
}  // namespace orderpush::http
