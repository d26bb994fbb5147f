#include "realtime/pusher/pusher_watchlist.hpp"
#include "tests/unit/realtime/pusher/pusher_world.hpp"

namespace orderpush::realtime {
namespace {

using nlohmann::json;
using test::Client;
using test::kApp;
using test::kId;

class Diary final : public HubObserver {
  public:
    void on_vacated(const std::string& channel) override { lines.push_back("vacated " + channel); }
    void on_member_removed(const std::string& channel, std::string_view user_id) override {
        lines.push_back("removed " + std::string{user_id} + " from " + channel);
    }
    void on_client_event(const ChannelMessage& message) override {
        lines.push_back(
            message.event + " of " + message.user_id.value_or("nobody") + " on " + message.channel +
            ": " + message.data
        );
    }
    void on_cache_miss(const std::string& channel) override {
        lines.push_back("missed " + channel);
    }
    void on_subscription_count(const std::string& channel, std::size_t count) override {
        lines.push_back(channel + " has " + std::to_string(count));
    }

    std::vector<std::string> lines;
};

class PusherFeaturesTest : public test::PusherWorld {
  protected:
    PusherFeaturesTest()
        : PusherWorld(
              {.has_client_events = true,
               .has_subscription_counts = true,
               .authorization_timeout = std::chrono::seconds{30},
               .connections_max = 8,
               .client_events_per_second_max = 3,
               .messages_per_second_max = 2},
              {.leave_grace = std::chrono::milliseconds{40}, .counts_at_once_max = 2}
          ) {
        hub_.observe(diary_);
    }
    void trigger(
        Client& client, const std::string& channel, const json& data, const std::string& name = "x"
    ) {
        say(client, {{"event", "client-" + name}, {"channel", channel}, {"data", data}});
    }

    Diary diary_;
};

constexpr const char* kAna = R"({"user_id":"ana"})";
constexpr const char* kBo = R"({"user_id":"bo"})";

TEST_F(PusherFeaturesTest, HandsAClientEventToTheOthersWithTheAuthenticatedUser) {
    Client ana = connect();
    Client bo = connect();
    subscribe(ana, "presence-room", kAna);
    subscribe(bo, "presence-room", kBo);
    const std::size_t received = ana.received();
    say(ana,
        {{"event", "client-x"},
         {"channel", "presence-room"},
         {"data", {{"z", 1}, {"a", nullptr}}},
         {"user_id", "forged"}});
    EXPECT_EQ(
        bo.last(),
        json::parse(
            R"({"event":"client-x","channel":"presence-room","data":"{\"a\":null,\"z\":1}","user_id":"ana"})"
        )
    );
    EXPECT_EQ(ana.received(), received);
    EXPECT_EQ(diary_.lines.back(), R"(client-x of ana on presence-room: {"a":null,"z":1})");
}

TEST_F(PusherFeaturesTest, KeepsTheTextAndTheOrderOfAClientEventsData) {
    Client ana = connect();
    Client bo = connect();
    for (Client* client : {&ana, &bo}) {
        subscribe(*client, "private-room");
    }
    ana.protocol_client->on_text(
        R"({"event":"client-x","channel":"private-room","data":{"z":1,"a":[1.50,"é"]}})"
    );
    run();
    EXPECT_EQ(bo.last()["data"], R"({"z":1,"a":[1.5,"é"]})");
    EXPECT_FALSE(bo.last().contains("user_id"));
    trigger(ana, "private-room", "as it is");
    EXPECT_EQ(bo.last()["data"], "as it is");
}

TEST_F(PusherFeaturesTest, RefusesClientEventsWhereTheyDoNotBelong) {
    Client ana = connect();
    const std::string order = "private-order-" + std::string{kId};
    for (const std::string& channel :
         {std::string{"news"}, std::string{"private-encrypted-a"}, order}) {
        subscribe(ana, channel);
        trigger(ana, channel, "x");
        EXPECT_EQ(ana.error().substr(0, 29), "Cannot broadcast client event") << channel;
    }
    trigger(ana, "private-elsewhere", "x");
    EXPECT_EQ(
        ana.error(),
        "Cannot broadcast client event (connection not subscribed to channel private-elsewhere)"
    );
    say(ana, {{"event", "client-x"}, {"channel", "private-a"}});
    EXPECT_EQ(ana.error(), "Invalid client event (must contain channel and data)");
}

TEST_F(PusherFeaturesTest, BoundsNameAndDataOfAClientEvent) {
    Client ana = connect();
    subscribe(ana, "private-room");
    trigger(ana, "private-room", std::string(10'240, 'x'));
    trigger(ana, "private-room", std::string(10'241, 'x'));
    EXPECT_EQ(
        ana.error(),
        "Invalid client event for channel private-room: data has 10241 bytes, more than 10240"
    );
    trigger(ana, "private-room", "x", std::string(194, 'x'));
    EXPECT_EQ(
        ana.error(),
        "Invalid client event for channel private-room: the name has more than 200 characters"
    );
}

TEST_F(PusherFeaturesTest, DropsClientEventsOverTheRate) {
    Client ana = connect();
    Client bo = connect();
    subscribe(ana, "private-room");
    subscribe(bo, "private-room");
    for (int i = 0; i < 4; ++i) {
        trigger(ana, "private-room", "x");
    }
    EXPECT_EQ(ana.last()["data"]["code"], 4301);
    EXPECT_FALSE(ana.connection->closed_with);
    EXPECT_EQ(bo.received("client-x"), 3U);
}

TEST_F(PusherFeaturesTest, NeverKeepsAClientEventForWhoComesLater) {
    Client ana = connect();
    subscribe(ana, "private-cache-a");
    trigger(ana, "private-cache-a", "x");
    Client bo = connect();
    subscribe(bo, "private-cache-a");
    EXPECT_EQ(bo.received("pusher:cache_miss"), 1U);
}

TEST_F(PusherFeaturesTest, GivesTheLastEventOfACacheChannelToWhoComesLater) {
    for (const char* name : {"cache-a", "private-encrypted-cache-a"}) {
        publish(name, "1");
        publish(name, "2");
        Client late = connect();
        subscribe(late, name);
        const auto& received = late.connection->messages;
        ASSERT_GE(received.size(), 3U);
        EXPECT_EQ(received[1]["event"], "pusher_internal:subscription_succeeded");
        EXPECT_EQ(received[2], (json{{"event", "e"}, {"channel", name}, {"data", "2"}}));
        leave(late);
    }
    Client early = connect();
    subscribe(early, "presence-cache-b", kAna);
    EXPECT_EQ(
        early.last(), (json{{"event", "pusher:cache_miss"}, {"channel", "presence-cache-b"}})
    );
    EXPECT_EQ(diary_.lines.back(), "missed presence-cache-b");
    subscribe(early, "x-cache-y");
    EXPECT_EQ(early.received("pusher:cache_miss"), 1U);
}

TEST_F(PusherFeaturesTest, SignsInAndEchoesTheUserDataAsItIs) {
    Client ana = connect();
    const std::string user_data = R"({"id": "u-42","user_info":{"name":"Zoë"}})";
    sign_in(ana, user_data);
    EXPECT_EQ(ana.last()["event"], "pusher:signin_success");
    EXPECT_EQ(ana.last_data()["user_data"], user_data);
    subscribe(ana, "#server-to-user-u-42");
    EXPECT_EQ(ana.received("pusher_internal:subscription_succeeded"), 1U);
    publish("#server-to-user-u-42", "hello");
    EXPECT_EQ(ana.last()["channel"], "#server-to-user-u-42");
    subscribe(ana, "#server-to-user-u-7");
    EXPECT_EQ(
        ana.error(),
        "Cannot subscribe to #server-to-user-u-7: this connection is not signed in as that user"
    );
}

TEST_F(PusherFeaturesTest, RefusesASignInThatIsNotRight) {
    Client ana = connect();
    say(ana, {{"event", "pusher:signin"}, {"data", {{"auth", "x"}, {"user_data", "{}"}}}});
    EXPECT_EQ(ana.error(), "Invalid format: auth must have the format key:signature");
    say(ana,
        {{"event", "pusher:signin"}, {"data", {{"auth", kApp.key + ":x"}, {"user_data", "{}"}}}});
    EXPECT_EQ(ana.error().substr(0, 18), "Invalid signature:");
    for (const char* user_data :
         {"[]",
          "{}",
          R"({"id":""})",
          R"({"id":7.5})",
          R"({"id":"a","watchlist":{}})",
          R"({"id":"a","watchlist":[7]})",
          R"({"id":"a","user_info":[]})"}) {
        Client other = connect();
        sign_in(other, user_data);
        EXPECT_EQ(other.last()["event"], "pusher:error") << user_data;
    }
}

TEST_F(PusherFeaturesTest, KeepsTheFirstUserOfAConnection) {
    Client ana = connect();
    sign_in(ana, R"({"id":"a"})");
    sign_in(ana, R"({"id":"a"})");
    EXPECT_EQ(ana.received("pusher:signin_success"), 2U);
    sign_in(ana, R"({"id":"b"})");
    EXPECT_EQ(ana.error(), "This connection is signed in as another user already");
}

TEST_F(PusherFeaturesTest, TakesTheSignedInUserForPresenceWithoutChannelData) {
    Client ana = connect();
    subscribe(ana, "presence-x");
    EXPECT_NE(ana.error(), "");
    sign_in(ana, R"({"id":"u-42","user_info":{"name":"Zoë"}})");
    subscribe(ana, "presence-x");
    EXPECT_EQ(ana.last_data()["presence"]["hash"], json::parse(R"({"u-42":{"name":"Zoë"}})"));
    subscribe(ana, "presence-y", R"({"user_id":"other"})");
    EXPECT_EQ(ana.last_data()["presence"]["ids"], json::parse(R"(["other"])"));
}

TEST_F(PusherFeaturesTest, SendsTheStateOfAWatchlistAndThenWhatChanges) {
    Client bo = connect();
    sign_in(bo, R"({"id":"bo"})");
    Client ana = connect();
    sign_in(ana, R"({"id":"ana","watchlist":["bo","cy","bo"]})");
    EXPECT_EQ(ana.last()["event"], "pusher_internal:watchlist_events");
    EXPECT_FALSE(ana.last().contains("channel"));
    EXPECT_EQ(
        ana.last_data(),
        json::parse(
            R"({"events":[{"name":"online","user_ids":["bo"]},{"name":"offline","user_ids":["cy"]}]})"
        )
    );
    Client cy = connect();
    sign_in(cy, R"({"id":"cy"})");
    EXPECT_EQ(ana.last_data(), json::parse(R"({"events":[{"name":"online","user_ids":["cy"]}]})"));
    leave(bo);
    const std::size_t received = ana.received();
    EXPECT_TRUE(run_until([&] { return ana.received() > received; }));
    EXPECT_EQ(ana.last_data(), json::parse(R"({"events":[{"name":"offline","user_ids":["bo"]}]})"));
    for (const std::string& line : diary_.lines) {
        EXPECT_EQ(line.find('#'), std::string::npos) << line;
    }
}

TEST_F(PusherFeaturesTest, WatchesTheFirstHundredAndSaysSo) {
    json user{{"id", "ana"}, {"watchlist", json::array()}};
    for (int i = 0; i < 101; ++i) {
        user["watchlist"].push_back("u" + std::to_string(i));
    }
    Client ana = connect();
    sign_in(ana, user.dump());
    EXPECT_EQ(ana.last_data()["events"][0]["user_ids"].size(), 100U);
    EXPECT_EQ(ana.connection->messages.at(ana.received() - 2)["data"]["code"], 4302);
    EXPECT_EQ(ana.received("pusher:signin_success"), 1U);
}

TEST_F(PusherFeaturesTest, EndsTheConnectionsOfAUserAndNotOfThoseWhoWatch) {
    Client ana = connect();
    Client bo = connect("5");
    sign_in(bo, R"({"id":"bo"})");
    sign_in(ana, R"({"id":"ana","watchlist":["bo"]})");
    hub_.publish(termination_of("", "bo"), nullptr);
    run();
    EXPECT_EQ(bo.connection->closed_with, CloseCode::kUnauthorized);
    EXPECT_EQ(bo.last()["data"]["code"], 4009);  // protocol 5 does not read close frames
    EXPECT_FALSE(ana.connection->closed_with);
}

TEST_F(PusherFeaturesTest, SendsTheNumberOfSubscribersButNotOfMembers) {
    Client one = connect();
    subscribe(one, "news");
    EXPECT_EQ(one.last()["event"], "pusher_internal:subscription_count");
    EXPECT_EQ(one.last()["channel"], "news");
    EXPECT_EQ(one.last_data(), json::parse(R"({"subscription_count":1})"));
    EXPECT_EQ(one.connection->messages.at(1)["event"], "pusher_internal:subscription_succeeded");
    Client two = connect();
    subscribe(two, "news");
    EXPECT_EQ(one.last_data()["subscription_count"], 2);
    // Above the bound (2 here) it is published now and then only.
    Client three = connect();
    subscribe(three, "news");
    EXPECT_EQ(one.last_data()["subscription_count"], 2);
    leave(three);
    leave(two);
    EXPECT_EQ(one.last_data()["subscription_count"], 1);
    EXPECT_EQ(diary_.lines.back(), "news has 1");
    subscribe(one, "presence-x", kAna);
    EXPECT_EQ(one.last()["event"], "pusher_internal:subscription_succeeded");
}

TEST_F(PusherFeaturesTest, AnnouncesALostMemberAfterTheGraceAndOneThatUnsubscribedAtOnce) {
    Client watcher = connect();
    Client ana = connect();
    Client bo = connect();
    subscribe(watcher, "presence-x", R"({"user_id":"w"})");
    subscribe(ana, "presence-x", kAna);
    subscribe(bo, "presence-x", kBo);
    leave(ana);
    EXPECT_EQ(watcher.received("pusher_internal:member_removed"), 0U);
    Client again = connect();
    subscribe(again, "presence-x", kAna);
    EXPECT_EQ(again.last_data()["presence"]["count"], 3);
    EXPECT_EQ(watcher.received("pusher_internal:member_added"), 2U);
    say(bo, {{"event", "pusher:unsubscribe"}, {"data", {{"channel", "presence-x"}}}});
    EXPECT_EQ(watcher.last_data()["user_id"], "bo");
    leave(again);
    leave(watcher);
    EXPECT_TRUE(run_until([&] { return diary_.lines.back() == "vacated presence-x"; }));
    EXPECT_EQ(
        diary_.lines,
        (std::vector<std::string>{
            "removed bo from presence-x",
            "removed ana from presence-x",
            "removed w from presence-x",
            "vacated presence-x"})
    );
}

TEST_F(PusherFeaturesTest, DropsAFloodAndThenClosesButNeverForPings) {
    Client client = connect();
    for (int i = 0; i < 100; ++i) {
        say(client, {{"event", "pusher:ping"}});
    }
    EXPECT_EQ(client.received("pusher:pong"), 100U);
    for (int i = 0; i < 21; ++i) {
        say(client, {{"event", "hello"}});
    }
    EXPECT_EQ(
        client.error(), "Message dropped: this connection sends more than 2 messages per second"
    );
    EXPECT_FALSE(client.connection->closed_with);
    for (int i = 0; i < 30; ++i) {
        say(client, {{"event", "hello"}});
    }
    EXPECT_EQ(client.connection->closed_with, CloseCode::kOverCapacity);
}

TEST_F(PusherFeaturesTest, AFloodOfPingsEndsAsAnyFloodDoes) {
    Client client = connect();
    for (int i = 0; i < 1'000 && !client.connection->closed_with; ++i) {
        say(client, {{"event", "pusher:ping"}, {"data", json::object()}});
    }
    EXPECT_EQ(client.connection->closed_with, CloseCode::kOverCapacity);
    EXPECT_LE(client.received("pusher:pong"), 300U);
    EXPECT_EQ(
        client.error(), "Message dropped: this connection sends more than 10 pings per second"
    );
    Client padded = connect();
    const std::string long_ping =
        R"({"event":"pusher:ping","data":")" + std::string(60'000, 'x') + "\"}";
    for (int i = 0; i < 100; ++i) {
        padded.protocol_client->on_text(long_ping);
    }
    EXPECT_EQ(padded.connection->closed_with, CloseCode::kOverCapacity);
    EXPECT_LE(padded.received("pusher:pong"), 30U) << "it counts as any message does";
}

TEST_F(PusherFeaturesTest, BoundsTheConnectionsOfTheApplication) {
    std::vector<Client> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(connect());
    }
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol=7"), 4100);
    clients.pop_back();
    EXPECT_EQ(refusal_code("/app/relaykey01", "protocol=7"), 0);
}

TEST_F(PusherFeaturesTest, ClosesWhoProvesNothingInTime) {
    Client anybody = connect();
    subscribe(anybody, "news");
    Client member = connect();
    subscribe(member, "private-a");
    Client user = connect();
    sign_in(user, R"({"id":"u"})");
    for (Client* client : {&anybody, &member, &user}) {
        EXPECT_EQ(client->protocol_client->sign_in_timeout(), std::chrono::seconds{30});
        client->protocol_client->on_sign_in_timeout();
    }
    EXPECT_EQ(anybody.connection->closed_with, CloseCode::kUnauthorized);
    EXPECT_FALSE(member.connection->closed_with);
    EXPECT_FALSE(user.connection->closed_with);
}

}  // namespace
}  // namespace orderpush::realtime
