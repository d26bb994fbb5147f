// Clients that come back: to their rooms, and to what they missed.

#include "realtime/socketio/heard_frames.hpp"
#include "tests/unit/realtime/socketio/socketio_world.hpp"

#include <array>

namespace orderpush::realtime::test {
namespace {

class SocketioRecoveryTest : public SocketioWorld {
  protected:
    /// A cook who joined the kitchen, and lost the connection: the answer to CONNECT.
    json lose_cook() {
        Client cook = connected("cook");
        const json answer = json::parse(cook.last().substr(2));
        say(cook, R"(42["join:kitchen"])");
        leave(cook);
        return answer;
    }
    Client come_back(const json& before, const std::string& offset = "") {
        Client client = open("/socket.io/");
        json auth{{"pid", before["pid"]}, {"token", "cook"}};
        if (!offset.empty()) {
            auth["offset"] = offset;
        }
        say(client, "40" + auth.dump());
        return client;
    }
    /// Whether the client takes it as its old session.
    static bool is_recovered(const Client& client, const json& before) {
        return std::ranges::find(
                   client.socket->texts,
                   R"(40{"sid":)" + before["sid"].dump() + R"(,"pid":)" + before["pid"].dump() + "}"
               ) != client.socket->texts.end();
    }
    MissedEvent missed(std::int64_t seq) const {
        return {
            .channel = kitchen_.name(),
            .seq = seq,
            .event = "order:confirmed",
            .data = json{{"seq", seq}, {"type", "order:confirmed"}}.dump()};
    }

    const Channel kitchen_ = Channel::kitchen(kBranch);
};

TEST_F(SocketioRecoveryTest, BringsAClientBackWithWhatItMissed) {
    const json before = lose_cook();
    EXPECT_EQ(subscriptions(), 0U);
    recovery_.missed = {
        .events = {missed(8), missed(9)}, .up_to = {{kitchen_.name(), 9}}, .is_complete = true};
    Client cook = come_back(before, kitchen_.name() + "/7");
    EXPECT_TRUE(is_recovered(cook, before));
    EXPECT_EQ(cook.received("order:confirmed"), 2U);
    EXPECT_TRUE(cook.last().starts_with("40{")) << "what was missed comes first";
    EXPECT_EQ(recovery_.asked.heard, (ChannelPosition{kitchen_.name(), 7}));
    EXPECT_FALSE(recovery_.asked.is_partly_heard);
    EXPECT_EQ(subscriptions(), 1U);
    seq_ = 9;
    publish(kitchen_, "order:confirmed", {});
    EXPECT_EQ(cook.received("order:confirmed"), 3U);
}

TEST_F(SocketioRecoveryTest, BringsBackWhoHeardNothingYet) {
    access_.last_seq = 5;
    const json before = lose_cook();
    recovery_.missed = {.events = {missed(6)}, .up_to = {{kitchen_.name(), 6}}};
    const Client cook = come_back(before);
    EXPECT_TRUE(is_recovered(cook, before));
    EXPECT_EQ(cook.received("order:confirmed"), 1U);
    EXPECT_FALSE(recovery_.asked.heard);
    EXPECT_EQ(recovery_.asked.since, (std::vector{ChannelPosition{kitchen_.name(), 5}}));
}

TEST_F(SocketioRecoveryTest, SaysSoWhereSomethingIsMissing) {
    const json before = lose_cook();
    recovery_.missed = {.events = {}, .up_to = {{kitchen_.name(), 9}}, .is_complete = false};
    Client cook = come_back(before, kitchen_.name() + "/7");
    EXPECT_FALSE(is_recovered(cook, before));
    EXPECT_TRUE(cook.last().starts_with("40{"));
    EXPECT_EQ(subscriptions(), 1U) << "it is in its rooms all the same";
    EXPECT_FALSE(recovery_.kept.contains(before["pid"].get<std::string>()));
    const json again = json::parse(cook.last().substr(2));
    EXPECT_TRUE(recovery_.kept.contains(again["pid"].get<std::string>()));
}

TEST_F(SocketioRecoveryTest, DoesNotBelieveOffsetsThatAreNone) {
    const json before = lose_cook();
    recovery_.missed = {.events = {}, .up_to = {{kitchen_.name(), 9}}};
    EXPECT_FALSE(is_recovered(come_back(before, "an offset of somebody else"), before));
}

TEST_F(SocketioRecoveryTest, WelcomesWhomItDoesNotKnow) {
    const json before{{"sid", "S"}, {"pid", "P"}};
    Client cook = come_back(before, kitchen_.name() + "/7");
    EXPECT_FALSE(is_recovered(cook, before));
    EXPECT_EQ(subscriptions(), 0U);
    say(cook, R"(420["join:kitchen"])");
    EXPECT_EQ(cook.last(), R"(430[{"ok":true}])");
}

TEST_F(SocketioRecoveryTest, ClosesInsteadOfForgettingWhileNobodyKnows) {
    const json before = lose_cook();
    recovery_.failure = Error{.kind = ErrorKind::kUnavailable, .code = "x", .message = "x"};
    const Client cook = come_back(before);
    EXPECT_TRUE(cook.socket->closed_with);
    EXPECT_EQ(cook.socket->texts.size(), 1U) << "nothing but the open packet";
}

TEST_F(SocketioRecoveryTest, ChecksRightsAgain) {
    const json before = lose_cook();
    access_.refused.insert(kitchen_.name());
    const Client cook = come_back(before);
    EXPECT_FALSE(is_recovered(cook, before));
    EXPECT_EQ(subscriptions(), 0U);
    access_.callers.clear();
    const Client nobody = come_back(before);
    EXPECT_EQ(
        nobody.last(), R"(44{"message":"Authentication error","data":{"code":"token_invalid"}})"
    );
}

TEST_F(SocketioRecoveryTest, AcknowledgesAJoinOnceItsRoomIsKept) {
    recovery_.is_keeping = true;
    Client cook = connected("cook");
    say(cook, R"(421["join:kitchen"])");
    say(cook, R"(422["join:kitchen"])");
    EXPECT_EQ(subscriptions(), 1U) << "it hears already";
    ASSERT_EQ(recovery_.held.size(), 1U);
    EXPECT_FALSE(cook.last().starts_with("43")) << "a crash would forget the room";
    recovery_.held[0]({});
    run();
    ASSERT_EQ(recovery_.held.size(), 2U) << "kept again, because of the second";
    EXPECT_FALSE(cook.last().starts_with("43"));
    recovery_.held[1](Error{.kind = ErrorKind::kUnavailable, .code = "unavailable", .message = {}});
    run();
    EXPECT_TRUE(cook.last().starts_with("432")) << "it is told all the same";
}

TEST_F(SocketioRecoveryTest, ForgetsWhoLeftByItself) {
    Client cook = connected("cook");
    const json before = json::parse(cook.last().substr(2));
    say(cook, R"(42["join:kitchen"])");
    say(cook, "41");
    EXPECT_TRUE(recovery_.kept.empty());
    EXPECT_FALSE(is_recovered(come_back(before), before));
}

TEST_F(SocketioRecoveryTest, TellsNothingTwiceAndNothingBeforeWhatWasMissed) {
    const json before = lose_cook();
    recovery_.is_waiting = true;
    recovery_.missed = {
        .events = {missed(8), missed(9)}, .up_to = {{kitchen_.name(), 9}}, .is_complete = true};
    Client cook = come_back(before, kitchen_.name() + "/7");
    seq_ = 8;
    publish(kitchen_, "order:confirmed", {});  // 9, which is read as well
    publish(kitchen_, "order:confirmed", {});  // 10
    EXPECT_EQ(cook.socket->texts.size(), 1U) << "held";
    recovery_.answer();
    run();
    std::vector<std::string> offsets;
    for (const std::string& text : cook.socket->texts) {
        if (text.starts_with("42")) {
            offsets.push_back(json::parse(text.substr(2))[2]);
        }
    }
    const std::string name = kitchen_.name();
    EXPECT_EQ(offsets, (std::vector<std::string>{name + "/8", name + "/9", name + "/10"}));
    EXPECT_TRUE(is_recovered(cook, before));
}

TEST_F(SocketioRecoveryTest, TakesARepeatOfTheLastCrashForOne) {
    const json before = lose_cook();
    recovery_.missed = {.events = {}, .up_to = {{kitchen_.name(), 7}}, .is_complete = true};
    Client cook = come_back(before, kitchen_.name() + "/7");
    seq_ = 6;
    publish(kitchen_, "order:confirmed", {});  // 7, which had not been settled
    EXPECT_EQ(cook.received("order:confirmed"), 0U);
    publish(kitchen_, "order:confirmed", {});
    EXPECT_EQ(cook.received("order:confirmed"), 1U);
    seq_ = 6;
    publish(kitchen_, "order:confirmed", {});  // which somebody sent again on purpose
    EXPECT_EQ(cook.received("order:confirmed"), 2U);
}

TEST_F(SocketioRecoveryTest, GoesOnWithinAnEventOfTwoNames) {
    const json before = lose_cook();
    recovery_.missed = {
        .events =
            {{.channel = kitchen_.name(),
              .seq = 7,
              .event = "order:created",
              .data = R"({"seq":7,"type":"order:created"})"}},
        .up_to = {{kitchen_.name(), 7}}};
    const Client cook = come_back(before, kitchen_.name() + "/7/0");
    EXPECT_TRUE(recovery_.asked.is_partly_heard);
    EXPECT_EQ(cook.received("order:new"), 0U);
    EXPECT_EQ(cook.received("order:created"), 1U);
}

TEST_F(SocketioRecoveryTest, BringsTheRestaurantsRoomsBackByTheirOwnProofs) {
    Client page = connected("", "/api/socket/");
    const json before = json::parse(page.last().substr(2));
    say(page, R"(42["join:restaurant","cook"])");
    say(page, R"(42["join:session","guest"])");
    leave(page);
    recovery_.missed.up_to = {{kitchen_.name(), 0}, {Channel::session(kSession).name(), 0}};
    Client back = open("/api/socket/");
    say(back, "40" + json{{"pid", before["pid"]}}.dump());
    EXPECT_TRUE(is_recovered(back, before));
    EXPECT_EQ(subscriptions(), 2U);
}

TEST(HeardFramesTest, AreTakenOutOfWhatIsHandedOnTogether) {
    const auto event = [](int seq) {
        return Frame::text(R"(42["e",{"a":"x"},"kitchen:x/)" + std::to_string(seq) + R"("])");
    };
    const std::array both{event(7), event(8)};
    bool was_passed = false;
    EXPECT_FALSE(frames_behind(event(7), 7, was_passed));
    EXPECT_FALSE(was_passed);
    EXPECT_EQ(frames_behind(Frame::joined(both), 7, was_passed)->bytes(), event(8).bytes());
    EXPECT_TRUE(was_passed);
    EXPECT_EQ(
        frames_behind(Frame::joined(both), 6, was_passed)->bytes(), Frame::joined(both).bytes()
    );
}

}  // namespace
}  // namespace orderpush::realtime::test
