#include "tests/support/log_capture.hpp"
#include "tests/unit/realtime/pusher/pusher_world.hpp"

namespace orderpush::realtime {
namespace {

using nlohmann::json;
using test::Client;
using test::kApp;
using test::kId;
using test::RecordingConnection;

class PusherProtocolTest : public test::PusherWorld {
  protected:
    PusherProtocolTest() : PusherWorld({.subscriptions_max = 3}, {.channels_max = 5}) {}
};

TEST_F(PusherProtocolTest, GreetsWithTheSocketIdAndTheActivityTimeout) {
    const Client client = connect();
    const json data = json::parse(client.last()["data"].get<std::string>());
    EXPECT_EQ(client.last()["event"], "pusher:connection_established");
    EXPECT_EQ(data["socket_id"], client.socket_id());
    EXPECT_EQ(data["activity_timeout"], 120);
}

TEST_F(PusherProtocolTest, RefusesWithTheCodesOfTheProtocol) {
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol=7&client=js&version=8.6.0&flash=false"), 0);
    EXPECT_EQ(refusal_code("/app/relaykey01", "client=x&protocol=4"), 0);
    EXPECT_EQ(refusal_code("/app/other", "protocol=7"), 4001);
    EXPECT_EQ(refusal_code("/", "protocol=7"), 4005);
    EXPECT_EQ(refusal_code("/app/relaykey01/more", "protocol=7"), 4005);
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol=x"), 4006);
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol="), 4006);
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol=3"), 4007);
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol=8"), 4007);
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol=99999999999"), 4007);
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol=99999999999x"), 4006);
    EXPECT_EQ(refusal_code("/app/relaykey01", "client=js"), 4008);
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol=7", "https://evil.example"), 4009);
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol=7", "https://ok.example"), 0);
}

TEST_F(PusherProtocolTest, LogsFewOfManyRefusedOriginsAndCutsThem) {
    orderpush::test::LogCapture capture;
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(
            refusal_code("/app/" + kApp.key, "protocol=7", std::string(5'000, 'x')),
            static_cast<int>(CloseCode::kUnauthorized)
        );
    }
    const std::string lines = capture.lines();
    EXPECT_NE(lines.find(std::string(200, 'x')), std::string::npos);
    EXPECT_EQ(lines.find(std::string(201, 'x')), std::string::npos);
    EXPECT_LE(std::ranges::count(lines, '\n'), 10);
}

TEST_F(PusherProtocolTest, SendsOldClientsTheReasonInAMessageFirst) {
    RecordingConnection connection;
    EXPECT_TRUE(std::get<Refusal>(open("/app/other", "protocol=5", connection)).first);
    EXPECT_FALSE(std::get<Refusal>(open("/app/other", "protocol=6", connection)).first);
}

TEST_F(PusherProtocolTest, AnswersPings) {
    Client client = connect();
    say(client, {{"event", "pusher:ping"}, {"data", json::object()}});
    EXPECT_EQ(client.last(), json::parse(R"({"event":"pusher:pong","data":"{}"})"));
}

TEST_F(PusherProtocolTest, DeliversWhatIsPublishedOnASubscribedChannel) {
    Client client = connect();
    subscribe(client, "news");
    EXPECT_EQ(
        client.last(),
        json::parse(
            R"({"event":"pusher_internal:subscription_succeeded","channel":"news","data":"{}"})"
        )
    );
    publish("news", R"({"x":1})");
    EXPECT_EQ(client.last(), json::parse(R"({"event":"e","channel":"news","data":"{\"x\":1}"})"));
    publish("other", "{}");
    EXPECT_EQ(client.connection->messages.size(), 3U);
}

TEST_F(PusherProtocolTest, MapsRestaurantChannelsToTheirLogicalNames) {
    Client client = connect();
    const std::string name = "private-order-" + std::string{kId};
    subscribe(client, name);
    publish("order:" + std::string{kId}, "{}");
    EXPECT_EQ(client.last()["event"], "e");
    EXPECT_EQ(client.last()["channel"], name);
    EXPECT_EQ(hub_key_of("kitchen-" + std::string{kId}), "kitchen-" + std::string{kId});
}

TEST_F(PusherProtocolTest, LeavesOutTheExcludedSocket) {
    Client one = connect();
    Client two = connect();
    subscribe(one, "news");
    subscribe(two, "news");
    publish("news", "{}", one.protocol_client->socket_id());
    EXPECT_EQ(one.connection->messages.size(), 2U);
    EXPECT_EQ(two.connection->messages.size(), 3U);
}

TEST_F(PusherProtocolTest, AnnouncesAMemberOnceForTwoConnectionsOfOneUser) {
    Client watcher = connect();
    Client first = connect();
    Client second = connect();
    subscribe(watcher, "presence-x", R"({"user_id":"w"})");
    subscribe(first, "presence-x", R"({"user_id":"ana","user_info":{"n":1}})");
    EXPECT_EQ(
        watcher.last(),
        json::parse(
            R"({"event":"pusher_internal:member_added","channel":"presence-x","data":"{\"user_id\":\"ana\",\"user_info\":{\"n\":1}}"})"
        )
    );
    EXPECT_EQ(first.connection->messages.size(), 2U);  // greeting and succeeded: nothing of itself
    subscribe(second, "presence-x", R"({"user_id":"ana","user_info":{"n":2}})");
    EXPECT_EQ(watcher.connection->messages.size(), 3U);
    const json presence = json::parse(second.last()["data"].get<std::string>())["presence"];
    EXPECT_EQ(
        presence, json::parse(R"({"count":2,"ids":["w","ana"],"hash":{"w":null,"ana":{"n":1}}})")
    );
    first.protocol_client->leave();
    run();
    EXPECT_EQ(watcher.connection->messages.size(), 3U);
    say(second, {{"event", "pusher:unsubscribe"}, {"data", {{"channel", "presence-x"}}}});
    EXPECT_EQ(
        watcher.last(),
        json::parse(
            R"({"event":"pusher_internal:member_removed","channel":"presence-x","data":"{\"user_id\":\"ana\"}"})"
        )
    );
}

TEST_F(PusherProtocolTest, EndsASubscriptionWhoseConnectionLeftBeforeTheAnswer) {
    Client watcher = connect();
    subscribe(watcher, "presence-x", R"({"user_id":"w"})");
    Client client = connect();
    const std::string channel_data = R"({"user_id":"ana"})";
    client.protocol_client->on_text(json{
        {"event", "pusher:subscribe"},
        {"data",
         {{"channel", "presence-x"},
          {"channel_data", channel_data},
          {"auth",
           protocol::sign_pusher_auth(
               kApp,
               protocol::channel_string_to_sign(client.socket_id(), "presence-x", channel_data)
           )}}}}.dump());
    client.protocol_client->leave();
    run();
    EXPECT_EQ(watcher.last()["event"], "pusher_internal:member_removed");
    EXPECT_EQ(client.connection->messages.size(), 1U);
}

TEST_F(PusherProtocolTest, RefusesSubscriptionsWithTheTextsOfTheHostedService) {
    Client client = connect();
    const auto refusal = [&](json data) {
        say(client, {{"event", "pusher:subscribe"}, {"data", std::move(data)}});
        EXPECT_TRUE(client.last()["data"]["code"].is_null());
        return client.error();
    };
    EXPECT_EQ(refusal({{"channel", "private-a"}}), "Auth info required to subscribe to private-a");
    EXPECT_EQ(
        refusal({{"channel", "private-a"}, {"auth", "x"}}),
        "Auth value for subscription to private-a is invalid: should be of format 'key:signature'"
    );
    EXPECT_EQ(
        refusal({{"channel", "private-a"}, {"auth", "k:s"}}),
        "Invalid key in subscription auth data: 'k'"
    );
    EXPECT_EQ(
        refusal({{"channel", "private-a"}, {"auth", "relaykey01:s"}}),
        "Invalid signature: Expected HMAC SHA256 hex digest of " + client.socket_id() +
            ":private-a, but got s"
    );
    EXPECT_EQ(
        refusal({{"channel", "#server-to-user-1"}}),
        "Cannot subscribe to #server-to-user-1: this connection is not signed in as that user"
    );
    EXPECT_EQ(refusal(json::object()), "Invalid channel name: ''");
    subscribe(client, "news");
    EXPECT_EQ(refusal({{"channel", "news"}}), "Existing subscription to channel news");
    subscribe(client, "presence-x");
    EXPECT_EQ(
        client.error(),
        "Invalid presence subscription to presence-x: channel_data must be a JSON object"
    );
}

TEST_F(PusherProtocolTest, ChannelDataIsPartOfWhatIsSignedForEveryKindOfChannel) {
    const std::string data = R"({"user_id":"ana"})";
    for (const char* channel :
         {"private-a",
          "private-cache-a",
          "private-encrypted-a",
          "private-encrypted-cache-a",
          "presence-a",
          "presence-cache-a"}) {
        Client client = connect();
        subscribe(client, channel, data);
        EXPECT_EQ(client.received("pusher_internal:subscription_succeeded"), 1U)
            << channel << client.error();
        leave(client);
    }
    Client client = connect();
    const std::string bare = protocol::sign_pusher_auth(
        kApp, protocol::channel_string_to_sign(client.socket_id(), "private-b", "")
    );
    say(client,
        {{"event", "pusher:subscribe"},
         {"data", {{"channel", "private-b"}, {"auth", bare}, {"channel_data", data}}}});
    EXPECT_TRUE(client.error().starts_with("Invalid signature")) << client.error();
    for (const char* no_json : {"ana", "{", "{} {}"}) {
        subscribe(client, "private-b", no_json);
        EXPECT_EQ(client.error(), "Invalid subscription to private-b: channel_data must be JSON");
    }
}

TEST_F(PusherProtocolTest, AGuestCannotTakeTheSessionOffItsSignature) {
    const auto session = *parse_id<SessionId>(kId);
    const std::string channel = "private-table-" + std::string{kId};
    Client guest = connect();
    const std::string signed_for_session = protocol::sign_guest_auth(
        kApp, protocol::channel_string_to_sign(guest.socket_id(), channel, ""), session
    );
    // What was signed is "{socket}:{channel}:{session}", as it would be for this channel_data.
    say(guest,
        {{"event", "pusher:subscribe"},
         {"data",
          {{"channel", channel},
           {"auth", signed_for_session.substr(0, signed_for_session.rfind(':'))},
           {"channel_data", kId}}}});
    EXPECT_EQ(guest.received("pusher_internal:subscription_succeeded"), 0U) << guest.last();
}

TEST_F(PusherProtocolTest, AnswersOtherEventsWithTheTextsOfTheHostedService) {
    Client client = connect();
    say(client, {{"event", "client-typing"}, {"channel", "private-a"}, {"data", "x"}});
    EXPECT_EQ(
        client.error(),
        "To send client events, you must enable this feature in the Settings page of your "
        "dashboard."
    );
    for (const char* event : {"pusher:signin_success", "hello", "pusher_internal:x"}) {
        say(client, {{"event", event}});
        EXPECT_EQ(client.error(), std::string{"Unsupported event received on socket: "} + event);
    }
    say(client, {{"event", "pusher:unsubscribe"}, {"data", {{"channel", "news"}}}});
    EXPECT_EQ(
        client.error(), "No current subscription to channel news, or subscription in progress"
    );
    say(client, json::array());
    EXPECT_EQ(client.error(), "Invalid message: not a JSON object");
    EXPECT_FALSE(client.connection->closed_with);
}

TEST_F(PusherProtocolTest, BoundsTheSubscriptionsOfAConnection) {
    Client client = connect();
    for (const char* channel : {"a", "b", "c", "d"}) {
        subscribe(client, channel);
    }
    EXPECT_EQ(
        client.error(),
        "Cannot subscribe to d: this connection has reached the limit of 3 subscriptions"
    );
}

TEST_F(PusherProtocolTest, BoundsTheChannelsOfTheHub) {
    Client one = connect();
    Client two = connect();
    for (const char* channel : {"a", "b", "c"}) {
        subscribe(one, channel);
    }
    for (const char* channel : {"d", "e", "f"}) {
        subscribe(two, channel);
    }
    EXPECT_EQ(two.error(), "Cannot subscribe to f: the server has reached its limit of channels");
}

TEST_F(PusherProtocolTest, BoundsTheMembersOfAPresenceChannel) {
    std::vector<Client> clients;
    for (std::size_t i = 0; i <= kPresenceMembersMax; ++i) {
        clients.push_back(connect());
        subscribe(clients.back(), "presence-x", R"({"user_id":)" + std::to_string(i) + '}');
    }
    EXPECT_EQ(
        clients.back().error(),
        "Cannot subscribe to presence-x: it has reached the limit of 100 members"
    );
}

TEST_F(PusherProtocolTest, TreatsEncryptedAndCacheNamesAsTheirBaseKind) {
    Client client = connect();
    subscribe(client, "private-encrypted-a");
    EXPECT_EQ(client.last()["event"], "pusher_internal:subscription_succeeded");
    subscribe(client, "cache-a");
    EXPECT_EQ(client.last()["event"], "pusher:cache_miss");
}

TEST_F(PusherProtocolTest, PingsASilentClientAndClosesADeadOne) {
    Client client = connect();
    client.protocol_client->on_silence();
    EXPECT_EQ(client.last()["event"], "pusher:ping");
    client.protocol_client->on_pong_missing();
    EXPECT_EQ(client.connection->closed_with, CloseCode::kPongMissing);
}

TEST_F(PusherProtocolTest, PingsClientsThatKnowNoPingsWithAFrame) {
    for (const char* version : {"4", "5", "6", "7"}) {
        Client client = connect(version);
        client.connection->frames.clear();
        client.protocol_client->on_silence();
        const bool is_frame = client.connection->frames.back() == Frame::ping().bytes();
        EXPECT_EQ(is_frame, version == std::string_view{"4"});
    }
}

TEST_F(PusherProtocolTest, GuestsGetThatTheSessionWasClosedAndNothingAfterIt) {
    const SessionId session = *parse_id<SessionId>(kId);
    const std::string channel = "presence-session-" + std::string{kId};
    Client guest = connect();
    Client waiter = connect();
    subscribe_as_guest(guest, channel, session, R"({"user_id":"guest-1"})");
    subscribe(waiter, channel, R"({"user_id":"staff-1"})");
    close_session(session);
    publish(Channel::session(session).name(), "{}");
    const auto& received = guest.connection->messages;
    ASSERT_GE(received.size(), 2U);
    EXPECT_EQ(received[received.size() - 2]["event"], "session:closed");
    EXPECT_EQ(guest.last()["event"], "pusher:subscription_error");
    EXPECT_EQ(guest.last()["channel"], channel);
    EXPECT_EQ(
        json::parse(guest.last()["data"].get<std::string>()),
        (json{
            {"type", "AuthError"},
            {"error", "The table session or the log-in has ended."},
            {"status", 401}})
    );
    const auto& messages = waiter.connection->messages;
    ASSERT_GE(messages.size(), 3U);
    EXPECT_EQ(messages[messages.size() - 3]["event"], "session:closed");
    EXPECT_EQ(messages[messages.size() - 2]["event"], "pusher_internal:member_removed");
    EXPECT_EQ(waiter.last()["event"], "e");
}

TEST_F(PusherProtocolTest, RefusesAGuestsGrantFromBeforeTheSessionWasClosed) {
    const SessionId session = *parse_id<SessionId>(kId);
    const std::string channel = "private-table-" + std::string{kId};
    close_session(session);
    Client guest = connect();
    subscribe_as_guest(guest, channel, session);
    EXPECT_EQ(guest.last()["event"], "pusher:subscription_error");
    Client staff = connect();
    subscribe(staff, channel);
    EXPECT_EQ(staff.last()["event"], "pusher_internal:subscription_succeeded");
    // The name is free again on that connection: another grant is another matter.
    subscribe_as_guest(guest, channel, SessionId{});
    EXPECT_EQ(guest.last()["event"], "pusher_internal:subscription_succeeded");
}

TEST_F(PusherProtocolTest, RefusesAGuestsGrantWithItsSessionTakenOff) {
    const SessionId session = *parse_id<SessionId>(kId);
    const std::string channel = "presence-session-" + std::string{kId};
    const std::string member = R"({"user_id":"guest-1"})";
    Client guest = connect();
    const std::string text = protocol::channel_string_to_sign(guest.socket_id(), channel, member);
    const std::string auth = protocol::sign_guest_auth(kApp, text, session);
    const std::string bare = auth.substr(0, auth.rfind(':'));
    for (const std::string& data : {member, member + ':' + to_string(session)}) {
        say(guest,
            {{"event", "pusher:subscribe"},
             {"data", {{"channel", channel}, {"auth", bare}, {"channel_data", data}}}});
        EXPECT_EQ(guest.last()["event"], "pusher:error") << data;
    }
}

}  // namespace
}  // namespace orderpush::realtime
