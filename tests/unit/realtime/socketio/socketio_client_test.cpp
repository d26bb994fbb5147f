// How the clients of earlier systems connect, join and leave, over WebSockets.

#include "tests/unit/realtime/socketio/socketio_world.hpp"

namespace orderpush::realtime::test {
namespace {

using std::chrono::seconds;

class SocketioClientTest : public SocketioWorld {
  protected:
    const Channel kitchen_ = Channel::kitchen(kBranch);
    const Channel waiters_ = Channel::waiters(kBranch);
};

TEST_F(SocketioClientTest, ConnectsWithAGoodToken) {
    const Client client = connected("cook");
    EXPECT_EQ(client.socket->texts.size(), 2U);
    const Client by_query = open("/socket.io", "&token=cook");
    by_query.transport->on_text("40");
    run();
    EXPECT_TRUE(by_query.last().starts_with("40{")) << by_query.last();
}

TEST_F(SocketioClientTest, RefusesBadTokensAndAtOnePathMissingOnes) {
    const auto answer = [this](const std::string& path, const std::string& packet) {
        Client client = open(path);
        say(client, packet);
        EXPECT_FALSE(client.socket->closed_with);
        return client.last();
    };
    const std::string invalid =
        R"(44{"message":"Authentication error","data":{"code":"token_invalid"}})";
    const std::string missing =
        R"(44{"message":"Authentication error","data":{"code":"credential_missing"}})";
    EXPECT_EQ(answer("/socket.io/", R"(40{"token":"nobody"})"), invalid);
    EXPECT_EQ(answer("/socket.io/", R"(40{"token":7})"), invalid);
    EXPECT_EQ(answer("/api/socket/", R"(40{"token":"nobody"})"), invalid);
    EXPECT_EQ(answer("/socket.io/", "40"), missing);
    EXPECT_EQ(answer("/socket.io/", R"(40{"token":null})"), missing);
    EXPECT_TRUE(answer("/api/socket/", "40").starts_with("40{"));
    EXPECT_EQ(answer("/api/socket", "40/nope,"), R"(44/nope,{"message":"Invalid namespace"})");
}

TEST_F(SocketioClientTest, ClosesInsteadOfRefusingWhileNobodyKnows) {
    access_.failure = Error{.kind = ErrorKind::kUnavailable, .code = "x", .message = "x"};
    Client client = open("/socket.io/");
    say(client, R"(40{"token":"cook"})");
    EXPECT_EQ(client.socket->texts.size(), 1U);
    EXPECT_TRUE(client.socket->closed_with);
}

TEST_F(SocketioClientTest, JoinsTheKitchenOfTheCallersBranch) {
    Client cook = connected("cook");
    say(cook, R"(420["join:kitchen"])");
    EXPECT_EQ(cook.last(), R"(430[{"ok":true}])");
    publish(kitchen_, "order:created", {{"orderId", "o"}});
    EXPECT_EQ(cook.received("order:new"), 1U);
    EXPECT_EQ(cook.received("order:created"), 1U);
    publish(Channel::kitchen(kOtherBranch), "order:created", {{"orderId", "o"}});
    EXPECT_EQ(cook.received("order:created"), 1U);
    std::vector<Presence::Membership> members;
    hub_.read_memberships(kitchen_.name(), [&](auto found) { members = std::move(found); });
    run();
    ASSERT_EQ(members.size(), 1U) << "it counts as a display";
    EXPECT_EQ(members[0].member.user_id, "staff-1");
}

TEST_F(SocketioClientTest, JoinsOnceHoweverOftenItSaysSo) {
    Client cook = connected("cook");
    for (int i = 0; i < 3; ++i) {
        say(cook, R"(42["join:kitchen"])");
    }
    publish(kitchen_, "order:created", {});
    EXPECT_EQ(cook.received("order:created"), 1U);
    EXPECT_EQ(subscriptions(), 1U);
    say(cook, R"(42["leave:kitchen"])");
    publish(kitchen_, "order:created", {});
    EXPECT_EQ(cook.received("order:created"), 1U);
    EXPECT_EQ(subscriptions(), 0U);
}

TEST_F(SocketioClientTest, HearsOnceOfWhatTwoOfItsRoomsShare) {
    Client cook = connected("cook");
    say(cook, R"(42["subscribe:orders"])");
    say(cook, R"(42["subscribe:kds"])");
    publish(kitchen_, "order:created", {{"orderId", "o"}});
    EXPECT_EQ(cook.received("order:created"), 1U);
    say(cook, R"(42["unsubscribe:orders"])");
    publish(kitchen_, "order:created", {{"orderId", "o"}});
    EXPECT_EQ(cook.received("order:created"), 2U) << "the other room is still wanted";
    say(cook, R"(42["unsubscribe:kds"])");
    publish(kitchen_, "order:created", {{"orderId", "o"}});
    EXPECT_EQ(cook.received("order:created"), 2U);
    publish(Channel::menu(kBranch), "menu:updated", {{"menuItemId", "m"}});
    EXPECT_EQ(cook.received("menu:updated"), 1U) << "which the first word brought";
}

TEST_F(SocketioClientTest, HearsBothFormsWhereItUsesWordsOfTwoDialects) {
    Client cook = connected("cook");
    say(cook, R"(42["join:kitchen"])");
    say(cook, R"(42["subscribe:kds"])");
    publish(kitchen_, "order:created", {{"orderId", "o"}});
    EXPECT_EQ(cook.received("order:new"), 1U);
    EXPECT_EQ(cook.received("order:created"), 2U);
}

TEST_F(SocketioClientTest, SendsWaitersToTheWaitersRoom) {
    Client waiter = connected("waiter");
    say(waiter, R"(42["subscribe:orders"])");
    say(waiter, R"(42["join:restaurant",")" + to_string(kRestaurant) + R"("])");
    publish(waiters_, "order:status_changed", {{"status", "ready"}, {"previousStatus", "pending"}});
    EXPECT_EQ(waiter.received("order:updated"), 1U);
    EXPECT_EQ(waiter.received("order:status:updated"), 1U);
}

TEST_F(SocketioClientTest, ProvesRestaurantAndSessionByWhatIsJoined) {
    Client page = connected("", "/api/socket/");
    EXPECT_FALSE(page.transport->has_proved());
    say(page, R"(420["join:restaurant","cook"])");
    EXPECT_TRUE(page.transport->has_proved());
    EXPECT_EQ(page.last(), R"(430[{"ok":true}])");
    say(page, R"(421["join:session","guest"])");
    EXPECT_EQ(page.last(), R"(431[{"ok":true}])");
    publish(kitchen_, "order:created", {});
    EXPECT_EQ(page.received("order:created"), 1U);
    publish(Channel::session(kSession), "order:status_changed", {{"status", "ready"}});
    EXPECT_EQ(page.received("order:status:updated"), 1U);
    for (const std::string& bad : {to_string(kBranch), std::string{"guest"}, std::string{"x"}}) {
        say(page, R"(422["join:restaurant",")" + bad + R"("])");
        EXPECT_EQ(json::parse(page.last().substr(3))[0]["error"]["code"], "token_invalid") << bad;
    }
    say(page, R"(423["join:session","cook"])");
    EXPECT_EQ(json::parse(page.last().substr(3))[0]["error"]["code"], "token_invalid");
    say(page, R"(424["join:kitchen"])");
    EXPECT_EQ(json::parse(page.last().substr(3))[0]["error"]["code"], "credential_missing");
    EXPECT_FALSE(page.socket->closed_with);
}

TEST_F(SocketioClientTest, TellsOfARefusedJoinAndStays) {
    access_.refused.insert(Channel::table(kTable).name());
    Client cook = connected("cook");
    say(cook, R"(42["join:table",")" + to_string(kTable) + R"("])");
    const json told = json::parse(cook.last().substr(2));
    EXPECT_EQ(told[0], "error");
    EXPECT_EQ(told[1]["event"], "join:table");
    EXPECT_EQ(told[1]["code"], "forbidden");
    for (const char* argument :
         {"", ",7", ",null", ",{}", ",[1]", R"(,"x")", R"(,{"_placeholder":true,"num":0})"}) {
        say(cook, R"(425["join:table")" + std::string{argument} + "]");
        EXPECT_EQ(json::parse(cook.last().substr(3))[0]["error"]["code"], "invalid_id") << argument;
    }
    say(cook, R"(426["join:order",")" + std::string(3'000, 'x') + R"("])");
    EXPECT_EQ(json::parse(cook.last().substr(3))[0]["error"]["code"], "invalid_id");
    EXPECT_FALSE(cook.socket->closed_with);
    EXPECT_EQ(subscriptions(), 0U);
}

TEST_F(SocketioClientTest, ClosesWhoIsRefusedAgainAndAgain) {
    Client cook = connected("cook");
    for (int i = 0; i < 49; ++i) {
        say(cook, R"(42["join:table",7])");
    }
    EXPECT_FALSE(cook.socket->closed_with);
    say(cook, R"(42["join:table",7])");
    EXPECT_TRUE(cook.socket->closed_with);
}

TEST_F(SocketioClientTest, BoundsTheRoomsOfAClient) {
    Client cook = connected("cook");
    for (int i = 0; i < 51; ++i) {
        char id[40];
        std::snprintf(id, sizeof id, "0190a5c0-7b1c-7def-8123-%012d", i);
        say(cook, R"(421["join:table",")" + std::string{id} + R"("])");
    }
    EXPECT_EQ(json::parse(cook.last().substr(3))[0]["error"]["code"], "too_many_rooms");
    EXPECT_EQ(subscriptions(), 50U);
    EXPECT_FALSE(cook.socket->closed_with);
}

TEST_F(SocketioClientTest, KeepsThePacketsInOrderWhileAJoinIsDecided) {
    access_.is_waiting = true;
    Client cook = connected("cook");
    say(cook, R"(420["join:kitchen"])");
    say(cook, R"(421["leave:kitchen"])");
    EXPECT_EQ(cook.socket->texts.size(), 2U) << "nothing is answered yet";
    ASSERT_EQ(access_.waiting.size(), 1U);
    access_.waiting[0]();
    run();
    EXPECT_EQ(cook.socket->texts[2], R"(430[{"ok":true}])");
    EXPECT_EQ(cook.socket->texts[3], R"(431[{"ok":true}])");
    EXPECT_EQ(subscriptions(), 0U);
    say(cook, R"(422["join:kitchen"])");
    for (int i = 0; i < 65; ++i) {
        say(cook, R"(42["join:kitchen"])");
    }
    EXPECT_TRUE(cook.socket->closed_with) << "more than may wait";
}

TEST_F(SocketioClientTest, EndsAGuestsStayWithItsTableSession) {
    Client guest = connected("guest");
    say(guest, R"(42["join:table",")" + to_string(kTable) + R"("])");
    publish(Channel::session(kSession), "session:closed", {}, kSession);
    EXPECT_EQ(guest.last(), "41");
    EXPECT_EQ(subscriptions(), 0U);
    Client page = connected("", "/api/socket/");
    say(page, R"(42["join:restaurant","cook"])");
    EXPECT_EQ(subscriptions(), 1U);
    say(page, R"(420["join:session","guest"])");
    EXPECT_EQ(json::parse(page.last().substr(3))[0]["error"]["code"], "session_closed");
    publish(kitchen_, "order:created", {});
    EXPECT_EQ(page.received("order:created"), 1U) << "what else it joined goes on";
}

TEST_F(SocketioClientTest, EndsTheStayOfStaffWithTheirLogIn) {
    Client waiter = connected("waiter");
    say(waiter, R"(42["subscribe:tables"])");
    const std::size_t others = subscriptions();
    access_.login = kLogin;
    Client cook = connected("cook");
    say(cook, R"(42["join:kitchen"])");
    Client page = connected("", "/api/socket/");
    say(page, R"(42["join:restaurant","cook"])");
    EXPECT_GT(subscriptions(), others);
    hub_.revoke_here(kLogin);
    run();
    EXPECT_EQ(cook.last(), "41");
    EXPECT_EQ(page.last(), "41");
    EXPECT_NE(waiter.last(), "41") << "another log-in";
    EXPECT_EQ(subscriptions(), others);
    Client late = connected("cook");
    say(late, R"(420["join:kitchen"])");
    EXPECT_EQ(json::parse(late.last().substr(3))[0]["error"]["code"], "login_ended");
}

TEST_F(SocketioClientTest, JoinsNothingOnceItWasSentAway) {
    Client guest = connected("guest");
    say(guest, R"(42["join:table",")" + to_string(kTable) + R"("])");
    access_.is_waiting = true;
    say(guest, R"(42["join:order",")" + to_string(kTable) + R"("])");
    publish(Channel::session(kSession), "session:closed", {}, kSession);
    EXPECT_EQ(guest.last(), "41");
    access_.waiting.at(0)();
    run();
    EXPECT_EQ(subscriptions(), 0U);
    say(guest, R"(40{"token":"cook"})");
    EXPECT_TRUE(guest.last().starts_with("40{")) << "it may connect again";
}

TEST_F(SocketioClientTest, LeavesEverythingWithItsConnection) {
    Client cook = connected("cook");
    say(cook, R"(42["join:kitchen"])");
    say(cook, R"(42["subscribe:tables"])");
    EXPECT_EQ(subscriptions(), 3U);
    leave(cook);
    EXPECT_EQ(subscriptions(), 0U);
    publish(kitchen_, "order:created", {});
    EXPECT_EQ(cook.received("order:created"), 0U);
}

TEST_F(SocketioClientTest, LeavesTheNamespaceAndComesBackToIt) {
    Client cook = connected("cook");
    say(cook, R"(42["join:kitchen"])");
    say(cook, "41");
    EXPECT_EQ(subscriptions(), 0U);
    EXPECT_FALSE(cook.socket->closed_with) << "the transport is the client's to end";
    say(cook, R"(40{"token":"cook"})");
    EXPECT_TRUE(cook.last().starts_with("40{"));
}

TEST_F(SocketioClientTest, ClosesOnPacketsOutOfPlace) {
    for (const char* packet :
         {R"(42["join:kitchen"])", "41", "430[]", "49", "4", "40[1]", "2", ""}) {
        Client client = open("/socket.io/");
        say(client, packet);
        EXPECT_TRUE(client.socket->closed_with) << packet;
    }
    for (const char* packet :
         {"40", R"(40{"token":"cook"})", R"(42/other,["a"])", "44{}", "42[]"}) {
        Client client = connected("cook");
        say(client, packet);
        EXPECT_TRUE(client.socket->closed_with) << packet;
    }
}

TEST_F(SocketioClientTest, IgnoresWhatHarmsNobody) {
    Client client = connected("cook");
    for (const char* packet :
         {R"(42["chat","hi"])", "42[7]", R"(430["x"])", R"(4399["x"])", "0", "5", "6"}) {
        say(client, packet);
    }
    client.transport->on_text(R"(451-["file",{"_placeholder":true,"num":0}])");
    client.transport->on_binary("bytes");
    run();
    EXPECT_FALSE(client.socket->closed_with);
    EXPECT_EQ(client.socket->texts.size(), 2U);
    client.transport->on_binary("bytes");
    EXPECT_TRUE(client.socket->closed_with) << "which belong to nothing";
}

TEST_F(SocketioClientTest, ClosesWhoDoesNotConnect) {
    const Client client = open("/socket.io/");
    pass(seconds{9});
    EXPECT_FALSE(client.socket->closed_with);
    pass(seconds{2});
    EXPECT_TRUE(client.socket->closed_with);
}

TEST_F(SocketioClientTest, PingsOverItsWebSocket) {
    const Client client = connected("cook");
    pass(seconds{26});
    EXPECT_EQ(client.last(), "2");
}

}  // namespace
}  // namespace orderpush::realtime::test
