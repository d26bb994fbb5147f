#include "realtime/pusher/pusher_messages.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace orderpush::realtime::pusher {
namespace {

using nlohmann::json;

/// The JSON text of a server's frame, behind its header.
json body_of(const Frame& frame) {
    const auto brace = frame.bytes().find("{\"");
    return json::parse(frame.bytes().substr(brace));
}

std::string fault_of(std::string_view text) {
    const auto message = decode_client_message(text);
    return message ? "accepted" : message.error().message;
}

std::string member_fault(std::string_view channel_data) {
    const auto member = decode_member("presence-x", channel_data);
    return member ? "accepted" : member.error().message;
}

TEST(PusherMessagesTest, ReadsASubscriptionWithItsChannelDataUntouched) {
    const auto message = decode_client_message(
        R"({"event":"pusher:subscribe","data":{"auth":"k:s","channel_data":"{ \"user_id\" : \"u\" }","channel":"presence-x"}})"
    );
    ASSERT_TRUE(message);
    EXPECT_EQ(message->event, "pusher:subscribe");
    EXPECT_EQ(message->channel, "presence-x");
    EXPECT_EQ(message->auth, "k:s");
    EXPECT_EQ(message->channel_data, R"({ "user_id" : "u" })");
}

TEST(PusherMessagesTest, ReadsEventsWithoutData) {
    EXPECT_EQ(fault_of(R"({"event":"pusher:ping"})"), "accepted");
    EXPECT_EQ(fault_of(R"({"event":"pusher:ping","data":"{}"})"), "accepted");
}

TEST(PusherMessagesTest, RefusesWhatIsNoMessage) {
    for (const char* text : {"", "x", "[]", "\"a\"", "{\"event\":", "{} {}"}) {
        EXPECT_EQ(fault_of(text), "Invalid message: not a JSON object") << text;
    }
    EXPECT_EQ(fault_of("{}"), "Invalid message: event is missing");
    EXPECT_EQ(fault_of(R"({"event":7})"), "Invalid message: event is missing");
    EXPECT_EQ(
        fault_of(R"({"event":"pusher:subscribe","data":{"channel":7}})"),
        "Invalid message: channel must be a string"
    );
}

TEST(PusherMessagesTest, HalfAnEmojiIsTheReplacementCharacter) {
    const auto event = decode_client_message(
        R"({"event":"client-\ud83c","channel":"private-a","data":{"text":"half \ud83c"}})"
    );
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ(event->event, "client-\uFFFD");
    EXPECT_EQ(event->payload, "{\"text\":\"half \uFFFD\"}");
    const auto text =
        decode_client_message(R"({"event":"client-a","channel":"private-a","data":"\udf54"})");
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(text->payload, "\uFFFD");
    EXPECT_EQ(*decode_member("c", R"({"user_id":"\ud83c"})"), (Member{"\uFFFD", "null"}));
    EXPECT_EQ(
        decode_user_data(R"({"id":"u","user_info":{"name":"\ud83c"}})")->member.info,
        "{\"name\":\"\uFFFD\"}"
    );
}

TEST(PusherMessagesTest, SignsInUsersWithTextAndNumberIds) {
    const auto user = decode_user_data(R"({"id":42,"watchlist":["7","ana","7"]})");
    ASSERT_TRUE(user) << user.error().message;
    EXPECT_EQ(user->member.user_id, "42");
    EXPECT_EQ(user->watchlist, (std::vector<std::string>{"7", "ana"}));
    for (const char* text :
         {R"({"id":1.5})", R"({"id":true})", R"({"id":""})", R"({"id":null})", R"({"id":[7]})"}) {
        EXPECT_FALSE(decode_user_data(text)) << text;
    }
    EXPECT_FALSE(decode_user_data(R"({"id":1,"watchlist":[7]})"));
}

TEST(PusherMessagesTest, RefusesDeepNestingButNotBracketsInStrings) {
    const std::string deep =
        R"({"event":"a","data":)" + std::string(100, '[') + std::string(100, ']') + '}';
    EXPECT_EQ(fault_of(deep), "Invalid message: nested too deeply");
    EXPECT_EQ(fault_of(R"({"event":")" + std::string(100, '[') + R"(\"[["})"), "accepted");
}

TEST(PusherMessagesTest, ReadsMembersWithTextAndNumberIds) {
    EXPECT_EQ(
        *decode_member("c", R"({"user_id":"u","user_info":{"b":1,"a":2}})"),
        (Member{"u", R"({"b":1,"a":2})"})
    );
    EXPECT_EQ(*decode_member("c", R"({"user_id":42})"), (Member{"42", "null"}));
}

TEST(PusherMessagesTest, RefusesMembersThatAreNotValid) {
    EXPECT_EQ(
        member_fault(""),
        "Invalid presence subscription to presence-x: channel_data must be a JSON object"
    );
    for (const char* text :
         {"{}", R"({"user_id":""})", R"({"user_id":1.5})", R"({"user_id":null})"}) {
        EXPECT_EQ(
            member_fault(text),
            "Invalid presence subscription to presence-x: user_id must be a non-empty string"
        );
    }
    EXPECT_EQ(
        member_fault(R"({"user_id":"u","user_info":"text"})"),
        "user_info supplied to presence subscription is invalid - if supplied it must be a type of "
        "hash"
    );
    EXPECT_EQ(
        member_fault(R"({"user_id":")" + std::string(129, 'u') + "\"}"),
        "Invalid presence subscription to presence-x: user_id has more than 128 characters"
    );
    EXPECT_EQ(
        member_fault(R"({"user_id":"u","user_info":{"a":")" + std::string(1024, 'x') + "\"}}"),
        "Invalid presence subscription to presence-x: user_info has more than 1024 bytes"
    );
}

TEST(PusherMessagesTest, GreetsWithDataAsAString) {
    EXPECT_EQ(
        body_of(connection_established({4711, 90125}, 120)),
        json::parse(
            R"({"event":"pusher:connection_established","data":"{\"socket_id\":\"4711.90125\",\"activity_timeout\":120}"})"
        )
    );
}

TEST(PusherMessagesTest, ListsThePresentInAHash) {
    EXPECT_EQ(
        body_of(presence_succeeded("presence-lobby", {{"u-42", R"({"lvl":3})"}, {"u-7", "null"}})),
        json::parse(
            R"({"event":"pusher_internal:subscription_succeeded","channel":"presence-lobby","data":"{\"presence\":{\"count\":2,\"ids\":[\"u-42\",\"u-7\"],\"hash\":{\"u-42\":{\"lvl\":3},\"u-7\":null}}}"})"
        )
    );
}

TEST(PusherMessagesTest, HandsOnTheDataOfAnEventAsItIs) {
    const json body = body_of(channel_event("news", "App\\Events\\\"X\"", R"({"a" : "ë"})"));
    EXPECT_EQ(body["data"], R"({"a" : "ë"})");
    EXPECT_EQ(body["event"], "App\\Events\\\"X\"");
    EXPECT_EQ(body["channel"], "news");
}

TEST(PusherMessagesTest, WritesErrorsWithAnObjectAndNoChannel) {
    EXPECT_EQ(
        body_of(error("Existing subscription to channel news")),
        json::parse(
            R"({"event":"pusher:error","data":{"code":null,"message":"Existing subscription to channel news"}})"
        )
    );
    EXPECT_EQ(body_of(error("no", CloseCode::kUnknownKey))["data"]["code"], 4001);
}

}  // namespace
}  // namespace orderpush::realtime::pusher
