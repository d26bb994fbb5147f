#include "core/ids.hpp"
#include "tests/unit/realtime/ably/ably_world.hpp"

namespace orderpush::realtime::ably::test {
namespace {

using AblyConnection = AblyWorld;

Value text_message(const std::string& data) {
    return Value::array({{{"name", "n"}, {"data", data}}});
}

TEST_F(AblyConnection, GreetsInTheFormatAskedFor) {
    for (const char* format : {"", "&format=json", "&format=msgpack"}) {
        const Client client = connect(format);
        ASSERT_EQ(client.frames().size(), 1U);
        const Value& connected = client.frames()[0];
        EXPECT_EQ(connected["action"], 4);
        EXPECT_EQ(connected["connectionDetails"]["clientId"], "*");
        EXPECT_EQ(connected["connectionDetails"]["maxIdleInterval"], 15'000);
        EXPECT_TRUE(client.key().starts_with(client.id() + '!'));
        EXPECT_FALSE(connected.contains("error"));
    }
}

TEST_F(AblyConnection, RefusesInAFrameAndNeverBefore) {
    const std::vector<std::pair<std::string, int>> kinds{
        {"key=nobody.knows:secret", 40400},
        {"key=77001.relaykey01:wrong", 40101},
        {std::string{"v=1.1&key="} + kKey, 40017},
        {"access_token=not-a-token", 40143},
        {"", 40106}};
    for (const auto& [query, code] : kinds) {
        const Client client = open(query);
        ASSERT_EQ(client.frames().size(), 1U) << query;
        EXPECT_EQ(client.frames()[0]["action"], 9);
        EXPECT_EQ(client.error_code(), code) << query;
        EXPECT_TRUE(client.connection->closed_with);
    }
}

TEST_F(AblyConnection, AnswersAPingWithItsId) {
    const Client client = connect();
    say(client, {{"action", 0}, {"id", "p1"}});
    EXPECT_EQ(client.frames().back(), Value({{"action", 0}, {"id", "p1"}}));
    say(client, {{"action", 0}});
    EXPECT_EQ(client.frames().size(), 2U);
}

TEST_F(AblyConnection, EndsForWhatIsNoProtocolMessage) {
    for (const std::string text :
         {"no json", "[]", "{}", R"({"action":"x"})", R"({"action":15})"}) {
        const Client client = connect();
        client.protocol_client->on_text(text);
        EXPECT_EQ(client.frames().back()["action"], 9) << text;
        EXPECT_EQ(client.error_code(), 40000);
        EXPECT_TRUE(client.connection->closed_with);
    }
}

TEST_F(AblyConnection, IgnoresActionsItDoesNotKnow) {
    const Client client = connect();
    for (const int action : {-1, 3, 18, 20, 22, 1'000'000}) {
        say(client, {{"action", action}});
    }
    EXPECT_EQ(client.frames().size(), 1U);
    EXPECT_FALSE(client.connection->closed_with);
}

TEST_F(AblyConnection, AttachesWithModesParamsAndASerial) {
    const Client client = connect();
    attach(client, "news");
    EXPECT_EQ(client.frames().back()["action"], 11);
    EXPECT_EQ(client.frames().back()["flags"], 3'080'192);
    EXPECT_TRUE(client.frames().back()["channelSerial"].is_string());
    EXPECT_FALSE(client.frames().back().contains("params"));
    attach(
        client,
        "b",
        {{"params",
          {{"modes", "subscribe,publish,x"},
           {"delta", "vcdiff"},
           {"agent", "react/1"},
           {"other", "1"}}}}
    );
    EXPECT_EQ(client.frames().back()["flags"], 131'072 + 262'144);
    EXPECT_EQ(
        client.frames().back()["params"],
        Value({{"modes", "publish,subscribe"}, {"delta", "vcdiff"}})
    );
    attach(client, "c", {{"flags", 262'144}, {"channelSerial", nullptr}});
    EXPECT_EQ(client.frames().back()["flags"], 262'144);
    for (const char* bad : {"", ":x"}) {
        attach(client, bad);
        EXPECT_EQ(client.frames().back()["action"], 9);
        EXPECT_EQ(client.frames().back()["channel"], bad);
        EXPECT_EQ(client.error_code(), 40010);
    }
    say(client, {{"action", 12}, {"channel", "never"}});
    EXPECT_EQ(client.frames().back(), Value({{"action", 13}, {"channel", "never"}}));
    EXPECT_FALSE(client.connection->closed_with);
}

TEST_F(AblyConnection, ChangesAnAttachmentWithoutSendingAgain) {
    const Client client = connect();
    attach(client, "news", {{"params", {{"rewind", "1"}}}});
    publish(client, "news", 0, text_message("a"));
    attach(client, "news", {{"params", {{"rewind", "1"}}}, {"flags", 262'144}});
    EXPECT_EQ(client.last(Action::kAttached)["flags"], 262'144 + 4);
    EXPECT_EQ(client.heard(), std::vector<std::string>{"a"});
}

TEST_F(AblyConnection, HasAsManyChannelsAsItMay) {
    const Client client = connect();
    for (int i = 0; i < 200; ++i) {
        attach(client, "c" + std::to_string(i));
    }
    EXPECT_EQ(client.count(Action::kAttached), 200U);
    attach(client, "one-more");
    EXPECT_EQ(client.error_code(), 90010);
}

TEST_F(AblyConnection, PublishesWithEchoThenAck) {
    for (const char* format : {"", "&format=msgpack"}) {
        const Client client = connect(format);
        attach(client, "news");
        publish(client, "news", 0, text_message("a"));
        ASSERT_EQ(client.frames().size(), 4U);
        const Value& message = client.frames()[2];
        EXPECT_EQ(message["action"], 15);
        EXPECT_EQ(message["channel"], "news");
        EXPECT_EQ(message["connectionId"], client.id());
        EXPECT_EQ(message["messages"][0]["id"], client.id() + ":0:0");
        const Value& ack = client.frames()[3];
        EXPECT_EQ(ack["action"], 1);
        EXPECT_EQ(ack["msgSerial"], 0);
        EXPECT_EQ(ack["count"], 1);
        EXPECT_EQ(ack["res"][0]["serials"][0], message["messages"][0]["serial"]);
        EXPECT_EQ(
            message["channelSerial"].get<std::string>() + ":000", message["messages"][0]["serial"]
        );
    }
}

TEST_F(AblyConnection, DoesNotEchoToWhoWantsNone) {
    const Client quiet = connect("&echo=false");
    const Client other = connect();
    attach(quiet, "news");
    attach(other, "news", {{"params", {{"echo", "false"}}}});
    publish(quiet, "news", 0, text_message("a"));
    publish(other, "news", 0, text_message("b"));
    EXPECT_EQ(quiet.heard(), std::vector<std::string>{"b"});
    EXPECT_EQ(other.heard(), std::vector<std::string>{"a"});
    EXPECT_EQ(quiet.count(Action::kAck), 1U);
}

TEST_F(AblyConnection, DeliversSeveralAsOneFrame) {
    const Client client = connect();
    attach(client, "news");
    publish(client, "news", 0, Value::array({{{"data", "a"}}, {{"data", "b"}}, {{"data", "c"}}}));
    EXPECT_EQ(client.count(Action::kMessage), 1U);
    EXPECT_EQ(client.heard(), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(client.last(Action::kAck)["res"][0]["serials"].size(), 3U);
}

TEST_F(AblyConnection, RefusesWhatMayNotBePublished) {
    const Client client = connect();
    attach(client, "listen", {{"flags", 262'144}});
    const auto code = [&](const std::string& channel, int serial, const Value& messages) {
        publish(client, channel, serial, messages);
        EXPECT_EQ(client.frames().back()["action"], 2);
        EXPECT_EQ(client.frames().back()["msgSerial"], serial);
        EXPECT_EQ(client.frames().back()["count"], 1);
        return client.error_code();
    };
    EXPECT_EQ(code("listen", 0, text_message("a")), 40165);
    EXPECT_EQ(code(kKitchen, 1, text_message("a")), 40160);
    EXPECT_EQ(
        code("presence-kitchen-0190a5c0-7b1c-7def-8123-456789abcdef", 2, text_message("a")), 40160
    );
    EXPECT_EQ(code(":x", 3, text_message("a")), 40010);
    EXPECT_EQ(code("news", 4, text_message(std::string(70'000, 'x'))), 40009);
    EXPECT_EQ(code("news", 5, Value::array()), 40000);
    EXPECT_EQ(code("news", 6, Value::array({{{"connectionId", "another"}}})), 40006);
    EXPECT_EQ(code("news", 7, Value(nullptr)), 40000);
    EXPECT_FALSE(client.connection->closed_with);
}

TEST_F(AblyConnection, AnswersEachSerialOnceOnATransport) {
    const Client client = connect();
    attach(client, "news");
    publish(client, "news", 0, text_message("a"));
    publish(client, "news", 0, text_message("a"));
    EXPECT_EQ(client.count(Action::kAck), 1U);
    EXPECT_EQ(client.heard().size(), 1U);
}

TEST_F(AblyConnection, PublishesAnIdOfTheClientsOwnOnce) {
    const Client client = connect();
    attach(client, "news");
    publish(client, "news", 0, Value::array({{{"id", "job:0"}, {"data", "a"}}}));
    const Value first = client.last(Action::kAck)["res"];
    publish(client, "news", 1, Value::array({{{"id", "job:0"}, {"data", "a"}}}));
    EXPECT_EQ(client.last(Action::kAck)["res"], first);
    EXPECT_EQ(client.heard().size(), 1U);
    publish(client, "news", 2, Value::array({{{"id", "a:0"}}, {{"id", "b:1"}}}));
    EXPECT_EQ(client.error_code(), 40031);
}

TEST_F(AblyConnection, HearsWhatOtherProtocolsPublish) {
    const Client client = connect();
    attach(client, "news");
    attach(client, kKitchen);
    hub_.publish({.channel = "news", .event = "e", .data = R"({"a":1})"}, nullptr);
    hub_.publish({.channel = "news", .event = "e", .data = "text {"}, nullptr);
    const std::string envelope =
        R"({"id":"0190a5c0-7b1c-7def-8123-456789abcdef","seq":7,"type":"order:created"})";
    hub_.publish({.channel = kKitchen, .event = "order:created", .data = envelope}, nullptr);
    run();
    ASSERT_EQ(client.count(Action::kMessage), 3U);
    const auto& frames = client.frames();
    EXPECT_EQ(frames[3]["messages"][0]["encoding"], "json");
    EXPECT_FALSE(frames[4]["messages"][0].contains("encoding"));
    EXPECT_EQ(frames[5]["channel"], kKitchen);
    EXPECT_EQ(frames[5]["messages"][0]["id"], "0190a5c0-7b1c-7def-8123-456789abcdef:0");
    EXPECT_EQ(frames[5]["channelSerial"], "00000000000007-000@seq");
}

TEST_F(AblyConnection, ClosesWhenAsked) {
    const Client client = connect();
    say(client, {{"action", 7}});
    EXPECT_EQ(client.frames().back()["action"], 8);
    EXPECT_TRUE(client.connection->closed_with);
}

TEST_F(AblyConnection, ClosesWhoPublishesTooFastOnlyInAnswers) {
    const Client client = connect();
    int refused = 0;
    for (int serial = 0; serial < 700; ++serial) {
        publish(client, "news", serial, text_message("a"));
        refused += client.frames().back()["action"] == 2 ? 1 : 0;
    }
    EXPECT_GT(refused, 0);
    EXPECT_EQ(client.error_code(), 42911);
    EXPECT_FALSE(client.connection->closed_with);
}

}  // namespace
}  // namespace orderpush::realtime::ably::test
