#include "realtime/ably/rest/ably_rest.hpp"

#include "base/crypto/crypto.hpp"
#include "base/crypto/jwt.hpp"
#include "realtime/ably/access/revocation_feed.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "tests/support/manual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderpush::realtime::ably {
namespace {

using Json = nlohmann::json;
using protocol::HttpResponse;

constexpr const char* kSecret = "secret-of-the-default-application";
constexpr const char* kKitchen = "kitchen:0190a5c0-7b1c-7def-8123-456789abcdef";

/// What clients of other protocols hear.
class PlainCodec final : public ChannelCodec {
  public:
    std::optional<Frame> encode(const ChannelMessage& message) const override {
        return Frame::raw(message.event + '=' + message.data);
    }
    std::optional<Frame> encode(std::string_view, const MemberChange&) const override { return {}; }
};

class Listener final : public Subscriber, public FrameSink {
  public:
    SocketId socket_id() const noexcept override { return {4711, 90125}; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string&, const SubscribeOutcome&) override {}
    FrameSink& sink() noexcept override { return *this; }
    void send(const Frame& frame) override { received.emplace_back(frame.bytes()); }

    std::vector<std::string> received;
};

std::string header_of(const HttpResponse& response, std::string_view name) {
    std::string all;
    for (const auto& [header, value] : response.headers) {
        if (header == name) {
            all += (all.empty() ? "" : "\n") + value;
        }
    }
    return all;
}

int error_code(const HttpResponse& response) {
    const Json body = Json::parse(response.body);
    EXPECT_EQ(body.at("error").at("statusCode"), response.status);
    EXPECT_EQ(
        header_of(response, "X-Ably-ErrorCode"),
        std::to_string(body.at("error").at("code").get<int>())
    );
    return body.at("error").at("code");
}

class AblyRestTest : public testing::Test {
  protected:
    AblyRestTest() { hub_.observe(feed_); }

    struct Ask {
        std::string method = "GET";
        std::string path;
        std::string query = {};
        std::string body = {};
        std::string authorization = "Basic " + base64(std::string{"1.main:"} + kSecret);
        std::string content_type = "application/json";
        std::string accept = "application/json";
    };
    HttpResponse ask(const Ask& asked) {
        std::optional<HttpResponse> answer;
        protocol::HttpRequest request{
            .method = asked.method, .path = asked.path, .query = asked.query, .body = asked.body};
        request.headers = {{"Content-Type", asked.content_type}, {"Accept", asked.accept}};
        if (!asked.authorization.empty()) {
            request.headers.emplace_back("Authorization", asked.authorization);
        }
        rest_.answer(request, [&](HttpResponse response) { answer = std::move(response); });
        shards_.context(0).restart();
        shards_.context(0).poll();
        return answer.value_or(HttpResponse{.status = 0});
    }
    HttpResponse post(const std::string& path, const Json& body) {
        return ask({.method = "POST", .path = path, .body = body.dump()});
    }
    HttpResponse get(const std::string& path, const std::string& query = {}) {
        return ask({.path = path, .query = query});
    }
    std::string bearer(const Json& capability, const Json& client = nullptr) {
        const auto now = clock_.now().time_since_epoch().count() / 1'000;
        const Json claims{
            {"iat", now},
            {"exp", now + 600},
            {"x-ably-capability", capability.dump()},
            {"x-ably-clientId", client}};
        return "Bearer " + JwtKeyring{{{.kid = "1.main", .secret = kSecret}}}.sign(claims.dump());
    }
    void listen(const std::string& channel) {
        hub_.subscribe(0, {.channel = channel, .subscriber = listener_, .codec = &codec_});
        shards_.context(0).restart();
        shards_.context(0).poll();
    }
    void flush() {
        shards_.context(0).restart();
        shards_.context(0).poll();
    }

    test::ManualClock clock_;
    IoShards shards_{1};
    Hub hub_{shards_, {.rules = kPusherChannelRules, .clock = &clock_}};
    AppTable apps_{{.id = "1", .key = "main", .secret = kSecret}};
    AblyKeys keys_{apps_, {}};
    Revocations revocations_;
    RevocationFeed feed_{revocations_, clock_};
    AblyAuthenticator authenticator_{keys_, revocations_, clock_};
    TokenRequests tokens_{keys_, clock_};
    MemberSets members_;
    RecentPublishes recent_;
    AblyRest rest_{
        {.hub = hub_,
         .authenticator = authenticator_,
         .tokens = tokens_,
         .revocations = revocations_,
         .members = members_,
         .recent = recent_,
         .clock = clock_}};
    PlainCodec codec_;
    std::shared_ptr<Listener> listener_ = std::make_shared<Listener>();
};

TEST_F(AblyRestTest, ServesItsOwnPathsOnly) {
    EXPECT_TRUE(AblyRest::serves("/time"));
    EXPECT_TRUE(AblyRest::serves("/channels/a%2Fb/messages"));
    EXPECT_TRUE(AblyRest::serves("/keys/1.main/requestToken"));
    for (const char* path :
         {"/", "/v1/channels/x/events", "/apps/1/channels", "/timer", "time", "/app"}) {
        EXPECT_FALSE(AblyRest::serves(path)) << path;
    }
}

TEST_F(AblyRestTest, TimeNeedsNoCredential) {
    const auto answer = ask({.path = "/time", .authorization = ""});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(Json::parse(answer.body), Json::array({1'795'285'800'125}));
    const auto packed =
        ask({.path = "/time", .authorization = "", .accept = "application/x-msgpack"});
    EXPECT_EQ(packed.content_type, "application/x-msgpack");
    EXPECT_EQ(Json::from_msgpack(packed.body), Json::array({1'795'285'800'125}));
}

TEST_F(AblyRestTest, PublishesToClientsOfEveryProtocol) {
    listen("room");
    const auto answer = post(
        "/channels/room/messages",
        {{{"name", "a"}, {"data", R"({"x":1})"}, {"encoding", "json"}},
         {{"name", "b"}, {"data", "text"}}}
    );
    ASSERT_EQ(answer.status, 201) << answer.body;
    flush();
    EXPECT_EQ(listener_->received, (std::vector<std::string>{R"(a={"x":1})", "b=text"}));
    const Json body = Json::parse(answer.body);
    EXPECT_EQ(body.at("channel"), "room");
    EXPECT_EQ(body.at("messageId").get<std::string>().size(), 12U);
    EXPECT_EQ(body.at("serials").size(), 2U);
    const Json history = Json::parse(get("/channels/room/messages", "direction=forwards").body);
    ASSERT_EQ(history.size(), 2U);
    EXPECT_EQ(history[0].at("serial"), body.at("serials")[0]);
    EXPECT_EQ(history[0].at("id"), body.at("messageId").get<std::string>() + ":0");
    EXPECT_EQ(history[0].at("encoding"), "json");
    EXPECT_EQ(history[1].at("data"), "text");
}

TEST_F(AblyRestTest, TheSdksBodiesAreTakenInBothFormats) {
    const std::string json =
        R"([{"name":"a","data":"{\"x\":1}","id":"+KTHy395H8rE:0","action":0,"encoding":"json","size":8},)"
        R"({"name":"b","data":"AAEC/w==","id":"+KTHy395H8rE:1","action":0,"encoding":"base64","size":5}])";
    auto answer = ask({.method = "POST", .path = "/channels/a%2Fb%20c/messages", .body = json});
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(Json::parse(answer.body).at("messageId"), "+KTHy395H8rE");
    const std::string packed{
        "\x92\x86\xa2\x69\x64\xae\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x3a\x30\xa4\x6e"
        "\x61\x6d\x65\xa1\x61\xa4\x64\x61\x74\x61\xa7\x7b\x22\x78\x22\x3a\x31\x7d\xa6\x61\x63\x74"
        "\x69\x6f\x6e\x00\xa8\x65\x6e\x63\x6f\x64\x69\x6e\x67\xa4\x6a\x73\x6f\x6e\xa4\x73\x69\x7a"
        "\x65\x08\x85\xa2\x69\x64\xae\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x3a\x31\xa4"
        "\x6e\x61\x6d\x65\xa1\x62\xa4\x64\x61\x74\x61\xc4\x04\x00\x01\x02\xff\xa6\x61\x63\x74\x69"
        "\x6f\x6e\x00\xa4\x73\x69\x7a\x65\x05",
        119};
    answer = ask(
        {.method = "POST",
         .path = "/channels/a%2Fb%20c/messages",
         .body = packed,
         .content_type = "application/x-msgpack",
         .accept = "application/x-msgpack"}
    );
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(Json::from_msgpack(answer.body).at("messageId"), "abcdefghijkl");
    const Json history =
        Json::parse(get("/channels/a%2Fb%20c/history", "direction=forwards&limit=10").body);
    ASSERT_EQ(history.size(), 4U);
    EXPECT_EQ(history[1].at("data"), "AAEC/w==");
    EXPECT_EQ(history[3].at("data"), history[1].at("data")) << "the same bytes, however they came";
}

TEST_F(AblyRestTest, ARepeatedIdIsAnsweredAsBeforeAndPublishedOnce) {
    listen("room");
    const Json message{{"id", "job42:0"}, {"name", "tick"}, {"data", "1"}};
    const auto first = post("/channels/room/messages", Json::array({message}));
    const auto second = post("/channels/room/messages", Json::array({message}));
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(second.status, 201);
    EXPECT_EQ(first.body, second.body);
    flush();
    EXPECT_EQ(listener_->received.size(), 1U);
    EXPECT_EQ(post("/channels/other/messages", message).status, 201);
    EXPECT_EQ(Json::parse(get("/channels/other/messages").body).size(), 1U) << "another channel's";
    clock_.advance(std::chrono::minutes{3});
    EXPECT_NE(post("/channels/room/messages", message).body, first.body) << "long forgotten";
    flush();
    EXPECT_EQ(listener_->received.size(), 2U);
}

TEST_F(AblyRestTest, RefusesWhatMayNotBePublished) {
    const Json message{{"name", "a"}, {"data", "x"}};
    const auto refused = [&](const std::string& authorization,
                             const Json& body,
                             const std::string& path = "/channels/room/messages") {
        const auto answer = ask(
            {.method = "POST", .path = path, .body = body.dump(), .authorization = authorization}
        );
        return answer.status == 201 ? 0 : error_code(answer);
    };
    const std::string any = bearer({{"*", {"publish"}}}, "*");
    EXPECT_EQ(refused(any, message), 0);
    EXPECT_EQ(refused(bearer({{"*", {"subscribe"}}}), message), 40'160);
    EXPECT_EQ(refused(bearer({{"room:*", {"publish"}}}), message), 40'160);
    EXPECT_EQ(refused(any, message, "/channels/" + std::string{kKitchen} + "/messages"), 40'160);
    EXPECT_EQ(
        refused(
            any, message, "/channels/presence-kitchen-0190a5c0-7b1c-7def-8123-456789abcdef/messages"
        ),
        40'160
    );
    const std::string alice = bearer({{"*", {"publish"}}}, "alice");
    EXPECT_EQ(refused(alice, {{"name", "a"}, {"clientId", "bob"}}), 40'012);
    EXPECT_EQ(refused(alice, {{"name", "a"}, {"clientId", "alice"}}), 0);
    EXPECT_EQ(refused(any, {{"name", "a"}, {"clientId", "bob"}}), 0);
    EXPECT_EQ(refused(any, {{"name", "a"}, {"connectionKey", "x!y"}}), 40'006);
    EXPECT_EQ(
        refused(any, {{"name", "a"}, {"extras", {{"privileged", {{"skipRule", "*"}}}}}}), 40'160
    );
    EXPECT_EQ(refused(any, Json::array({{{"id", "a:0"}}, {{"id", "b:1"}}})), 40'031);
    EXPECT_EQ(refused(any, {{"data", std::string(70'000, 'x')}}), 40'009);
    EXPECT_EQ(refused(any, Json::array()), 40'000);
    EXPECT_EQ(refused(any, message, "/channels/%3Aroom/messages"), 40'010);
    EXPECT_EQ(refused("", message), 40'106);
    EXPECT_EQ(refused("Basic " + base64("1.main:wrong"), message), 40'101);
    const auto garbage = ask({.method = "POST", .path = "/channels/room/messages", .body = "{"});
    EXPECT_EQ(error_code(garbage), 40'001);
    const auto raw = ask(
        {.method = "POST",
         .path = "/channels/room/messages",
         .query = "enveloped=false",
         .body = "x"}
    );
    EXPECT_EQ(error_code(raw), 40'003);
}

TEST_F(AblyRestTest, HistoryIsPagedByLinks) {
    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(post("/channels/room/messages", {{"data", std::to_string(i)}}).status, 201);
        clock_.advance(std::chrono::milliseconds{10});
    }
    std::string seen;
    std::string query = "limit=2&rnd=123&key=secret&request_id=7";
    for (int pages = 0; pages < 5 && !query.empty(); ++pages) {
        const auto answer = get("/channels/room/messages", query);
        ASSERT_EQ(answer.status, 200) << answer.body;
        for (const Json& message : Json::parse(answer.body)) {
            seen += message.at("data").get<std::string>();
        }
        const std::string links = header_of(answer, "Link");
        EXPECT_EQ(links.find("rnd"), std::string::npos);
        EXPECT_EQ(links.find("secret"), std::string::npos);
        EXPECT_EQ(links.find(','), std::string::npos);
        const auto next = links.find(">; rel=\"next\"");
        query.clear();
        if (next != std::string::npos) {
            const auto begin = links.rfind("<./messages?", next) + 12;
            query = links.substr(begin, next - begin);
            EXPECT_EQ(query.find(':'), std::string::npos);
        }
    }
    EXPECT_EQ(seen, "43210");
    EXPECT_EQ(error_code(get("/channels/room/messages", "limit=1001")), 40'003);
    EXPECT_EQ(error_code(get("/channels/room/messages", "limit=x")), 40'003);
    EXPECT_EQ(error_code(get("/channels/room/messages", "direction=up")), 40'003);
    EXPECT_EQ(error_code(get("/channels/room/messages", "start=5&end=4")), 40'003);
}

TEST_F(AblyRestTest, ABatchHasAResultForEachChannel) {
    const auto answer = ask(
        {.method = "POST",
         .path = "/messages",
         .body = Json{{"channels", {"a", "b", kKitchen}}, {"messages", {{"data", "x"}}}}.dump(),
         .authorization = bearer({{"a", {"*"}}, {"kitchen:*", {"*"}}})}
    );
    ASSERT_EQ(answer.status, 201) << answer.body;
    const Json body = Json::parse(answer.body);
    EXPECT_EQ(body.at("successCount"), 1);
    EXPECT_EQ(body.at("failureCount"), 2);
    EXPECT_EQ(body.at("results")[0].at("channel"), "a");
    EXPECT_TRUE(body.at("results")[0].contains("serials"));
    EXPECT_EQ(body.at("results")[1].at("error").at("code"), 40'160);
    EXPECT_EQ(body.at("results")[2].at("error").at("code"), 40'160);
    const auto list =
        post("/messages", Json::array({{{"channels", "a"}, {"messages", {{"data", "y"}}}}}));
    EXPECT_TRUE(Json::parse(list.body).is_array());
    EXPECT_EQ(
        error_code(post("/messages", {{"channels", Json::array()}, {"messages", {{"data", "y"}}}})),
        40'000
    );
    Json wide{{"channels", Json::array()}, {"messages", {{"data", std::string(60'000, 'x')}}}};
    for (int i = 0; i < 100; ++i) {
        wide["channels"].push_back(std::to_string(i));
    }
    EXPECT_EQ(error_code(post("/messages", Json::array({wide, wide, wide}))), 40'009);
}

TEST_F(AblyRestTest, ChannelsAreShownToWhoMaySeeThem) {
    // No name of Pusher's has a colon, so that its key is one of Ably's own.
    listen("~room:1");
    const auto shown = get("/channels/room%3A1");
    ASSERT_EQ(shown.status, 200) << shown.body;
    const Json status = Json::parse(shown.body);
    EXPECT_EQ(status.at("channelId"), "room:1");
    EXPECT_EQ(status.at("status").at("isActive"), true);
    listen("plain");
    EXPECT_EQ(
        Json::parse(get("/channels/plain").body)
            .at("status")
            .at("occupancy")
            .at("metrics")
            .at("connections"),
        1
    );
    EXPECT_EQ(Json::parse(get("/channels", "by=id&prefix=pl").body), Json::array({"plain"}));
    const auto denied =
        ask({.path = "/channels/plain", .authorization = bearer({{"*", {"subscribe"}}})});
    EXPECT_EQ(error_code(denied), 40'160);
    EXPECT_EQ(
        error_code(ask({.path = "/channels", .authorization = bearer({{"*", {"subscribe"}}})})),
        40'160
    );
    const auto filtered = ask(
        {.path = "/channels",
         .query = "by=id",
         .authorization = bearer({{"other", {"channel-metadata"}}})}
    );
    EXPECT_EQ(Json::parse(filtered.body), Json::array());
}

TEST_F(AblyRestTest, PresenceIsForWhoMaySubscribe) {
    hub_.subscribe(
        0,
        {.channel = "presence-room",
         .subscriber = listener_,
         .codec = &codec_,
         .member = Member{.user_id = "ana", .info = R"({"name":"Ana"})"}}
    );
    flush();
    const Json members = Json::parse(get("/channels/presence-room/presence").body);
    ASSERT_EQ(members.size(), 1U);
    EXPECT_EQ(members[0].at("clientId"), "ana");
    EXPECT_EQ(members[0].at("action"), 1);
    EXPECT_EQ(Json::parse(get("/channels/presence-room/presence", "clientId=bob").body).size(), 0U);
    EXPECT_EQ(get("/channels/presence-room/presence/history").body, "[]");
    const auto denied = ask(
        {.path = "/presence",
         .query = "channels=presence-room,b",
         .authorization = bearer({{"*", {"publish"}}, {"b", {"subscribe"}}})}
    );
    const Json batch = Json::parse(denied.body);
    EXPECT_EQ(batch.at("successCount"), 1);
    EXPECT_EQ(batch.at("results")[0].at("error").at("code"), 40'160);
    EXPECT_EQ(error_code(get("/presence")), 40'000);
}

TEST_F(AblyRestTest, TokensAreAskedForAndRevoked) {
    const auto issued =
        post("/keys/1.main/requestToken", {{"keyName", "1.main"}, {"clientId", "alice"}});
    ASSERT_EQ(issued.status, 201) << issued.body;
    const std::string token =
        "Bearer " + base64(Json::parse(issued.body).at("token").get<std::string>());
    EXPECT_EQ(ask({.path = "/stats", .authorization = token}).body, "[]");
    clock_.advance(std::chrono::milliseconds{5});
    const auto revoked =
        post("/keys/1.main/revokeTokens", {{"targets", {"clientId:alice", "nonsense"}}});
    ASSERT_EQ(revoked.status, 201) << revoked.body;
    const Json body = Json::parse(revoked.body);
    EXPECT_EQ(body.at("successCount"), 1);
    EXPECT_EQ(body.at("results")[0].at("target"), "clientId:alice");
    EXPECT_EQ(body.at("results")[0].at("appliesAt"), clock_.now().time_since_epoch().count());
    EXPECT_EQ(body.at("results")[1].at("error").at("code"), 40'000);
    EXPECT_EQ(error_code(ask({.path = "/stats", .authorization = token})), 40'141);
    const auto by_token = ask(
        {.method = "POST",
         .path = "/keys/1.main/revokeTokens",
         .body = R"({"targets":["clientId:a"]})",
         .authorization = bearer({{"*", {"*"}}})}
    );
    EXPECT_EQ(error_code(by_token), 40'162);
    EXPECT_EQ(error_code(post("/keys/2.main/revokeTokens", {{"targets", {"clientId:a"}}})), 40'133);
    EXPECT_EQ(
        error_code(ask(
            {.method = "POST",
             .path = "/keys/1.main/requestToken",
             .body = R"({"keyName":"1.main"})",
             .authorization = ""}
        )),
        40'101
    );
}

TEST_F(AblyRestTest, OtherInstancesHearOfARevocation) {
    hub_.publish_here(
        RevocationFeed::publication_of(
            {.key_name = "1.main",
             .value = "alice",
             .issued_before = clock_.now(),
             .applies_at = clock_.now()}
        ),
        nullptr
    );
    flush();
    EXPECT_TRUE(revocations_.take_due(clock_.now()));
    EXPECT_FALSE(revocations_.take_due(clock_.now())) << "it was told";
}

TEST_F(AblyRestTest, AnswersWhatItDoesNotHaveInAblysForm) {
    EXPECT_EQ(error_code(get("/channels/a/messages/serial/versions")), 40'400);
    EXPECT_EQ(error_code(get("/push/channelSubscriptions")), 40'400);
    EXPECT_EQ(error_code(get("/keys/1.main/requestToken")), 40'500);
    EXPECT_EQ(error_code(ask({.method = "DELETE", .path = "/channels/a"})), 40'500);
    EXPECT_EQ(error_code(get("/channels/%ZZ/messages")), 40'400);
    EXPECT_EQ(error_code(get("/channels/a/b/c/d/e/f")), 40'400);
    const auto packed = ask({.path = "/push/x", .accept = "application/x-msgpack"});
    EXPECT_EQ(Json::from_msgpack(packed.body).at("error").at("code"), 40'400);
}

TEST_F(AblyRestTest, BrowsersMayReadWhatItSays) {
    const auto preflight =
        ask({.method = "OPTIONS", .path = "/channels/a/messages", .authorization = ""});
    EXPECT_EQ(preflight.status, 204);
    EXPECT_NE(
        header_of(preflight, "Access-Control-Allow-Headers").find("Ably-Agent"), std::string::npos
    );
    const auto refused = ask({.path = "/channels/a", .authorization = ""});
    EXPECT_EQ(header_of(refused, "Access-Control-Allow-Credentials"), "true");
    EXPECT_NE(
        header_of(refused, "Access-Control-Expose-Headers").find("X-Ably-ErrorCode"),
        std::string::npos
    );
}

}  // namespace
}  // namespace orderpush::realtime::ably
