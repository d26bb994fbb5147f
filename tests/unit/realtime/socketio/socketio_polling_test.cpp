// Clients that poll, and those that go on over a WebSocket.

#include "realtime/socketio/session_ids.hpp"
#include "tests/unit/realtime/socketio/socketio_world.hpp"

namespace orderpush::realtime::test {
namespace {

const std::string kOpen = "EIO=4&transport=polling&t=abc";

class SocketioPollingTest : public SocketioWorld {
  protected:
    using SocketioWorld::SocketioWorld;
    /// A session that polls: the query of its requests.
    std::string session() {
        const Asked opened = ask("GET", kOpen);
        return kOpen + "&sid=" + session_of(opened.response().body);
    }
    std::string connected_session(const std::string& token) {
        const std::string query = session();
        ask("POST", query, R"(40{"token":")" + token + R"("})");
        const Asked answered = ask("GET", query);
        EXPECT_TRUE(answered.response().body.starts_with("40{")) << answered.response().body;
        return query;
    }
    std::string code(const Asked& asked) {
        return json::parse(asked.response().body)["code"].dump();
    }
};

TEST_F(SocketioPollingTest, HearsEventsByPolls) {
    const std::string query = connected_session("cook");
    EXPECT_EQ(ask("POST", query, R"(42["join:kitchen"])").response().body, "ok");
    const Asked waiting = ask("GET", query);
    EXPECT_TRUE(waiting.is_waiting());
    publish(Channel::kitchen(kBranch), "order:confirmed", {{"orderId", "o"}});
    ASSERT_FALSE(waiting.is_waiting());
    EXPECT_TRUE(waiting.response().body.starts_with(R"(42["order:confirmed",{)"));
    publish(Channel::kitchen(kBranch), "order:created", {{"orderId", "o"}});
    const std::string both = ask("GET", query).response().body;
    EXPECT_TRUE(both.starts_with(R"(42["order:new")"));
    EXPECT_NE(
        both.find("\x1e"
                  R"(42["order:created")"),
        std::string::npos
    );
}

TEST_F(SocketioPollingTest, RefusesAsTheOfficialServerDoes) {
    EXPECT_EQ(code(ask("GET", "EIO=4")), "0");
    EXPECT_EQ(code(ask("GET", "EIO=4&transport=abc")), "0");
    EXPECT_EQ(code(ask("GET", kOpen + "&sid=abc")), "1");
    EXPECT_EQ(code(ask("GET", kOpen + "&sid=" + make_session_id("", 0))), "1");
    EXPECT_EQ(code(ask("GET", kOpen + "&sid=" + make_session_id("", 3))), "1");
    EXPECT_EQ(code(ask("POST", kOpen)), "2");
    EXPECT_EQ(code(ask("PUT", kOpen)), "2");
    EXPECT_EQ(code(ask("GET", "EIO=4&transport=websocket")), "3");
    EXPECT_EQ(code(ask("GET", "EIO=3&transport=polling")), "5");
    EXPECT_EQ(code(ask("GET", "transport=polling")), "5");
    EXPECT_EQ(ask("GET", "EIO=3&transport=polling").response().status, 400);
    const std::string query = session();
    EXPECT_EQ(code(ask("PUT", query)), "2");
    EXPECT_EQ(code(ask("GET", "EIO=3" + query.substr(5))), "3");
}

TEST_F(SocketioPollingTest, TakesTheFirstOfRepeatedParametersAsBalancersDo) {
    const std::string query = session();
    EXPECT_EQ(code(ask("PUT", query + "&sid=another&EIO=3&transport=abc")), "2");
    EXPECT_EQ(code(ask("PUT", "sid=another&" + query)), "1");
    EXPECT_EQ(code(ask("GET", "transport=abc&" + query)), "0");
}

TEST_F(SocketioPollingTest, AnswersPagesOfAllowedOriginsWithCredentials) {
    const Asked allowed = ask("GET", kOpen, "", {{"Origin", "https://ok.example"}});
    const protocol::HttpHeaders expected{
        {"Cache-Control", "no-store"},
        {"Access-Control-Allow-Origin", "https://ok.example"},
        {"Access-Control-Allow-Credentials", "true"},
        {"Vary", "Origin"}};
    EXPECT_EQ(allowed.response().headers, expected);
    const Asked foreign = ask("GET", kOpen, "", {{"Origin", "https://evil.example"}});
    EXPECT_EQ(foreign.response().status, 403);
    EXPECT_EQ(foreign.response().body, R"({"code":4,"message":"Forbidden"})");
    const Asked own = ask("GET", kOpen, "", {{"Origin", "http://192.168.1.5:8080"}}, true);
    EXPECT_EQ(own.response().status, 200) << "a page of this very host";
    const Asked preflight =
        ask("OPTIONS",
            kOpen,
            "",
            {{"Origin", "https://ok.example"}, {"Access-Control-Request-Headers", "authorization"}}
        );
    EXPECT_EQ(preflight.response().status, 204);
    EXPECT_EQ(preflight.response().headers.at(1).second, "authorization");
}

TEST_F(SocketioPollingTest, NoticesAClientThatGaveUp) {
    const std::string query = connected_session("cook");
    ask("POST", query, R"(42["join:kitchen"])");
    const Asked waiting = ask("GET", query);
    EXPECT_EQ(subscriptions(), 1U);
    waiting.on_gone();
    run();
    EXPECT_EQ(subscriptions(), 0U);
    EXPECT_EQ(code(ask("GET", query)), "1");
}

TEST_F(SocketioPollingTest, GoesOnOverAWebSocket) {
    const std::string query = connected_session("cook");
    ask("POST", query, R"(42["join:kitchen"])");
    const std::string id = query.substr(query.find("&sid="));
    Client socket = open("/socket.io/", id);
    say(socket, "2probe");
    say(socket, "5");
    publish(Channel::kitchen(kBranch), "order:created", {{"orderId", "o"}});
    EXPECT_EQ(socket.received("order:created"), 1U);
    EXPECT_EQ(code(ask("GET", query)), "3");
    EXPECT_EQ(open("/socket.io/", id).transport, nullptr) << "a second one";
    leave(socket);
    EXPECT_EQ(subscriptions(), 0U);
    EXPECT_EQ(code(ask("GET", query)), "1");
}

TEST_F(SocketioPollingTest, RefusesUpgradesBeforeTheyHappen) {
    const auto refusal = [this](const std::string& query, std::optional<std::string> origin) {
        const auto response = protocol_->refusal_of(
            {.path = "/socket.io/",
             .query = query,
             .origin = std::move(origin),
             .key = "",
             .remote_address = ""}
        );
        return response ? std::to_string(response->status) + response->body : "";
    };
    EXPECT_EQ(refusal("EIO=4&transport=websocket", std::nullopt), "");
    EXPECT_EQ(refusal("EIO=4&transport=websocket", "https://ok.example"), "");
    EXPECT_EQ(
        refusal("EIO=4&transport=websocket", "https://evil.example"),
        R"(403{"code":4,"message":"Forbidden"})"
    );
    EXPECT_EQ(
        refusal("EIO=3&transport=websocket", std::nullopt),
        R"(400{"code":5,"message":"Unsupported protocol version"})"
    );
    EXPECT_EQ(refusal("EIO=4", std::nullopt), R"(400{"code":0,"message":"Transport unknown"})");
    EXPECT_EQ(
        refusal("EIO=4&transport=websocket&sid=x", std::nullopt),
        R"(400{"code":1,"message":"Session ID unknown"})"
    );
    EXPECT_FALSE(
        protocol_->refusal_of({.path = "/app/key", .query = "", .key = "", .remote_address = ""})
    );
}

TEST_F(SocketioPollingTest, SendsClientsElsewhereWhenItStops) {
    const std::string query = connected_session("cook");
    const Asked waiting = ask("GET", query);
    const std::string idle = connected_session("cook");
    protocol_->stop();
    run();
    EXPECT_EQ(waiting.response().body, "1");
    EXPECT_EQ(ask("GET", idle).response().body, "1");
    EXPECT_EQ(ask("GET", kOpen).response().status, 503);
}

TEST_F(SocketioPollingTest, ForgetsSessionsThatNobodyConnects) {
    const std::string query = session();
    pass(std::chrono::seconds{11});
    EXPECT_EQ(ask("GET", query).response().body, "1");
    EXPECT_EQ(code(ask("GET", query)), "1");
}

class BoundedPollingTest : public SocketioPollingTest {
  protected:
    BoundedPollingTest()
        : SocketioPollingTest(
              {.instance = "eins", .polling_sessions_max = 3, .polling_sessions_per_address_max = 2}
          ) {}
};

TEST_F(BoundedPollingTest, BoundsTheSessionsOfAnAddress) {
    const std::string first = session();
    session();
    EXPECT_EQ(ask("GET", kOpen).response().status, 503);
    ask("POST", first, "1");
    EXPECT_EQ(ask("GET", kOpen).response().status, 200);
}

TEST_F(BoundedPollingTest, NamesItsInstanceInEverySession) {
    EXPECT_NE(session().find("&sid=eins."), std::string::npos);
    EXPECT_EQ(code(ask("GET", kOpen + "&sid=" + make_session_id("zwei", 0))), "1");
}

class SocketsOnlyTest : public SocketioPollingTest {
  protected:
    SocketsOnlyTest() : SocketioPollingTest({.has_polling = false}) {}
};

TEST_F(SocketsOnlyTest, TakesWebSocketsOnly) {
    EXPECT_EQ(code(ask("GET", kOpen)), "0");
    connected("cook");
}

TEST(SessionIdsTest, NameInstanceAndShard) {
    const std::string id = make_session_id("a1", 2);
    EXPECT_EQ(shard_of_session(id, "a1", 3), 2U);
    EXPECT_FALSE(shard_of_session(id, "a1", 2));
    EXPECT_FALSE(shard_of_session(id, "", 3));
    EXPECT_FALSE(shard_of_session(id + "x", "a1", 3));
    EXPECT_NE(make_session_id("", 0), make_session_id("", 0));
}

}  // namespace
}  // namespace orderpush::realtime::test
