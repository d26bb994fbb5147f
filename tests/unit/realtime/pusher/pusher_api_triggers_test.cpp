#include "realtime/pusher/pusher_api_triggers.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime::pusher_api {
namespace {

constexpr std::size_t kDataBytesMax = 10'000;

Result<Trigger> decode(std::string_view body) {
    return decode_trigger(body, kDataBytesMax);
}

std::string message_of(std::string_view body) {
    const auto trigger = decode(body);
    return trigger ? "" : trigger.error().message;
}

/// A trigger with such data, as JSON.
std::string with_data(std::string_view data) {
    return R"({"name":"e","channel":"c","data":)" + std::string{data} + "}";
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + "1" + std::string(depth, ']');
}

TEST(PusherApiTriggersTest, ReadsEveryField) {
    const auto trigger =
        decode(R"({"data":"{\"a\":\"\u00e9\"}","name":"e","channels":["c","presence-d","c"],)"
               R"("socket_id":"1.2","info":"user_count","other":[1,{"name":"x"}]})");
    ASSERT_TRUE(trigger) << trigger.error().message;
    EXPECT_EQ(trigger->event, "e");
    EXPECT_EQ(trigger->data, "{\"a\":\"é\"}");
    EXPECT_EQ(trigger->channels, (std::vector<std::string>{"c", "presence-d"}));
    EXPECT_EQ(trigger->excluded, parse_socket_id("1.2"));
    EXPECT_TRUE(trigger->info.user_count);
}

TEST(PusherApiTriggersTest, TheLastOfTwoCountsAndNullIsNone) {
    const auto trigger =
        decode(R"({"name":"a","name":"b","channels":null,"channel":"c","data":"1","data":"2",)"
               R"("socket_id":null,"info":null})");
    ASSERT_TRUE(trigger) << trigger.error().message;
    EXPECT_EQ(trigger->event, "b");
    EXPECT_EQ(trigger->data, "2");
    EXPECT_EQ(trigger->excluded, std::nullopt);
    EXPECT_FALSE(trigger->info.any());
}

TEST(PusherApiTriggersTest, DataThatIsNoTextIsWrittenAsJson) {
    EXPECT_EQ(
        decode(with_data(R"({ "b" : [1, -2.5, true, null], "a" : "x\ny" })"))->data,
        R"({"b":[1,-2.5,true,null],"a":"x\ny"})"
    );
    EXPECT_EQ(decode(with_data("0"))->data, "0");
    EXPECT_EQ(decode(with_data(R"("")"))->data, "");
    EXPECT_EQ(decode(with_data(R"("a\u0000b")"))->data, std::string("a\0b", 3));
}

TEST(PusherApiTriggersTest, HalfAnEmojiIsTheReplacementCharacter) {
    EXPECT_EQ(decode(with_data(R"("half \ud83c")"))->data, "half \uFFFD");
    EXPECT_EQ(decode(with_data(R"({"a":"\udf54"})"))->data, "{\"a\":\"\uFFFD\"}");
    EXPECT_EQ(decode(with_data(R"("\ud83c\udf54")"))->data, "\U0001F354");
    // Within the text of a document it is that document's affair, as it was signed.
    EXPECT_EQ(decode(with_data(R"("{\"a\":\"\\ud83c\"}")"))->data, R"({"a":"\ud83c"})");
    const auto batch =
        decode_batch(R"({"batch":[{"name":"\ud83c","channel":"c","data":"1"}]})", kDataBytesMax);
    ASSERT_TRUE(batch) << batch.error().message;
    EXPECT_EQ(batch->front().event, "\uFFFD");
    EXPECT_EQ(message_of(with_data(R"("\ud83c)")), "Invalid JSON in body: expected an object");
}

TEST(PusherApiTriggersTest, NestsAsDeepAsAClientMay) {
    // The object around it is the first level.
    EXPECT_TRUE(decode(with_data(nested(15))));
    EXPECT_EQ(message_of(with_data(nested(16))), "Invalid JSON in body: nested too deeply");
    EXPECT_FALSE(decode(with_data(nested(100'000))));
}

TEST(PusherApiTriggersTest, RefusesWhatIsNotJson) {
    for (const std::string& body : {
             std::string{},
             std::string{" "},
             std::string{"[]"},
             std::string{"{"},
             std::string{"null"},
             with_data("1") + "x",
             with_data("1") + with_data("1"),
             with_data("01"),
             with_data("1."),
             with_data("NaN"),
             with_data("tru"),
             with_data("'a'"),
             with_data(R"("\x41")"),
             with_data("\"a\nb\""),
             with_data("\"\xff\""),
             with_data("[1,]"),
             std::string{R"({"name" "e","channel":"c","data":"1"})"},
             std::string{R"({name:"e","channel":"c","data":"1"})"},
             with_data(std::string("\"a\0b\"", 5)),
         }) {
        EXPECT_EQ(message_of(body), "Invalid JSON in body: expected an object") << body;
    }
}

TEST(PusherApiTriggersTest, ALargeBodyLeavesTheNextOneAlone) {
    const std::string large(kDataBytesMax + 1, 'x');
    EXPECT_EQ(decode(with_data("\"" + large + "\"")).error().kind, ErrorKind::kTooLarge);
    const auto trigger = decode_trigger(with_data("\"" + large + large + "\""), 1'000'000);
    ASSERT_TRUE(trigger);
    EXPECT_EQ(trigger->data, large + large);
    EXPECT_EQ(decode(with_data(R"("small")"))->data, "small");
}

TEST(PusherApiTriggersTest, ABatchNamesOneChannelEach) {
    const auto batch = decode_batch(
        R"({"batch":[{"name":"a","channel":"c","data":"1","channels":["x","y"]},)"
        R"({"name":"b","channel":"d","data":"2"}]})",
        kDataBytesMax
    );
    ASSERT_TRUE(batch) << batch.error().message;
    ASSERT_EQ(batch->size(), 2U);
    EXPECT_EQ(batch->at(0).channels, std::vector<std::string>{"c"});
    EXPECT_EQ(batch->at(1).event, "b");
    for (const char* body :
         {R"({"batch":[]})", R"({"batch":{}})", R"({"batch":[1]})", R"({})", R"({"batch":null})"}) {
        EXPECT_FALSE(decode_batch(body, kDataBytesMax)) << body;
    }
}

}  // namespace
}  // namespace orderpush::realtime::pusher_api
