#include "realtime/ably/channel_codec.hpp"
#include "realtime/ably/channel_names.hpp"
#include "realtime/ably/messages/message.hpp"
#include "realtime/ably/messages/protocol_message.hpp"
#include "realtime/ably/messages/wire_value.hpp"
#include "realtime/ably/position.hpp"
#include "realtime/ably/publishing.hpp"
#include "realtime/ably/sessions/answers.hpp"
#include "realtime/ably/sessions/connection_key.hpp"
#include "realtime/pusher/app_table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::ably {
namespace {

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        bytes.push_back(static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16)));
    }
    return bytes;
}

std::string payload(const Frame& frame) {
    return std::string{split_frames(Format::kMsgpack, frame).front().payload};
}

// What ably-js 2.28.0 decoded from a socket, and what it sends.
constexpr std::string_view kMessageHex =
    "87a6616374696f6e0fa26964ac6142634465466748694a3a30a76368616e6e656ca163ad6368616e6e656c53657269"
    "61"
    "6cb630313730303030303030303030302d30303040737276ac636f6e6e656374696f6e4964aa614263446546674869"
    "4a"
    "a974696d657374616d70cf0000018bcfe56801a86d657373616765739186a26964ae6142634465466748694a3a303a"
    "30"
    "a46e616d65a16ea464617461c40200ffa8636c69656e744964a5616c696365a6616374696f6e00a673657269616cba"
    "30"
    "313730303030303030303030312d303030407372763a303030";
constexpr std::string_view kPublishHex =
    "84a6616374696f6e0fa76368616e6e656ca163a86d657373616765739184a46e616d65a16ea464617461c40200ffa6"
    "61"
    "6374696f6e00a473697a6503a96d736753657269616c00";

TEST(AblyMsgpack, ReadsTheKnownFrames) {
    const auto attach =
        decode_value(Format::kMsgpack, from_hex("82a6616374696f6e0aa76368616e6e656ca163"));
    ASSERT_TRUE(attach);
    EXPECT_EQ(*attach, Value({{"action", 10}, {"channel", "c"}}));
    const auto publish = decode_value(Format::kMsgpack, from_hex(kPublishHex));
    ASSERT_TRUE(publish);
    const auto message = read_protocol_message(*publish);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->msg_serial, 0);
    const auto messages = read_messages(message->messages, Format::kMsgpack);
    ASSERT_TRUE(messages);
    EXPECT_EQ(messages->front().payload.bytes, (std::string{'\0', '\xff'}));
    const auto heard = decode_value(Format::kMsgpack, from_hex(kMessageHex));
    ASSERT_TRUE(heard);
    EXPECT_EQ((*heard)["timestamp"], 1'700'000'000'001);
    EXPECT_TRUE((*heard)["messages"][0]["data"].is_binary());
}

TEST(AblyMsgpack, WritesWhatItReads) {
    const std::string bytes = from_hex(kMessageHex);
    const auto value = decode_value(Format::kMsgpack, bytes);
    ASSERT_TRUE(value);
    const auto again = decode_value(Format::kMsgpack, encode_value(Format::kMsgpack, *value));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, *value);
}

TEST(AblyMsgpack, RefusesWhatClaimsMoreThanThereIs) {
    for (const char* hex :
         {"",
          "dfffffffff",    // a map of 2^32 - 1
          "ddffffffff",    // an array of as many
          "dbffffffff61",  // a string
          "c6ffffffff00",  // bytes
          "92c0",          // an array of two with one
          "c1",            // no type
          "d40100",        // an extension
          "81a16101c0",    // something behind it
          "8101a161",      // a key that is a number
          "a1ff"}) {       // a string that is not UTF-8
        EXPECT_FALSE(decode_value(Format::kMsgpack, from_hex(hex))) << hex;
    }
}

TEST(AblyMsgpack, RefusesDeepNestingAndTooManyValues) {
    EXPECT_FALSE(decode_value(Format::kMsgpack, std::string(kFrameBytesMax, '\x91')));
    EXPECT_FALSE(decode_value(Format::kJson, std::string(kFrameBytesMax, '[')));
    std::string wide = from_hex("dd00007530");
    wide.append(30'000, '\0');
    EXPECT_FALSE(decode_value(Format::kMsgpack, wide));
    std::string json = "[0";
    for (int i = 0; i < 30'000; ++i) {
        json += ",0";
    }
    EXPECT_FALSE(decode_value(Format::kJson, json + ']'));
    std::string deep(kNestingMax, '\x91');
    EXPECT_TRUE(decode_value(Format::kMsgpack, deep + '\0'));
    EXPECT_FALSE(decode_value(Format::kMsgpack, '\x91' + deep + '\0'));
}

TEST(AblyMessage, HasTheEncodingOfItsReader) {
    const Value json{{"name", "b"}, {"data", "AAEC/w=="}, {"encoding", "base64"}};
    const auto message = read_message(json, Format::kJson);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->payload.kind, Payload::Kind::kBytes);
    EXPECT_EQ(message->payload.encoding, "");
    const Value packed = to_value(*message, Format::kMsgpack);
    EXPECT_TRUE(packed["data"].is_binary());
    EXPECT_FALSE(packed.contains("encoding"));
    EXPECT_EQ(to_value(*message, Format::kJson)["encoding"], "base64");
    const Value sealed{{"data", "AAEC"}, {"encoding", "json/utf-8/cipher+aes-256-cbc/base64"}};
    const auto encrypted = read_message(sealed, Format::kJson);
    ASSERT_TRUE(encrypted);
    EXPECT_EQ(to_value(*encrypted, Format::kMsgpack)["encoding"], "json/utf-8/cipher+aes-256-cbc");
    EXPECT_EQ(to_value(*encrypted, Format::kJson)["encoding"], sealed["encoding"]);
}

TEST(AblyMessage, TakesNullAsAbsentAndDropsWhatIsNotTheClients) {
    const auto message = read_message(
        {{"name", nullptr}, {"data", nullptr}, {"encoding", nullptr}, {"size", 3}}, Format::kJson
    );
    ASSERT_TRUE(message);
    const Value value = to_value(*message, Format::kJson);
    EXPECT_EQ(value, Value({{"action", 0}}));
}

TEST(AblyMessage, RefusesWithTheCodeOfWhatIsWrong) {
    const auto code = [](const Value& value) {
        const auto message = read_message(value, Format::kJson);
        return message ? 0 : message.error().code;
    };
    EXPECT_EQ(code({{"data", "?"}, {"encoding", "base64"}}), 40013);
    EXPECT_EQ(code({{"name", 7}}), 40016);
    EXPECT_EQ(code({{"id", 7}}), 40031);
    EXPECT_EQ(code({{"clientId", std::string(300, 'x')}}), 40012);
    EXPECT_EQ(code({{"extras", "text"}}), 40032);
    EXPECT_EQ(code({{"action", 1}}), 40000);
    EXPECT_EQ(code(Value::array()), 40000);
    const auto big = read_messages(
        Value::array({{{"data", std::string(40'000, 'a')}}, {{"data", std::string(40'000, 'a')}}}),
        Format::kJson
    );
    EXPECT_EQ(big.error().code, 40009);
    EXPECT_EQ(read_messages(Value::array(), Format::kJson).error().code, 40000);
}

TEST(AblyMessage, ChecksIdsOfSeveral) {
    const auto with = [](const std::vector<std::string>& ids) {
        std::vector<Message> messages;
        for (const std::string& id : ids) {
            messages.push_back({.id = id});
        }
        return check_ids(messages);
    };
    EXPECT_FALSE(with({"anything"}));
    EXPECT_FALSE(with({"", ""}));
    EXPECT_FALSE(with({"AAECAwQFBgcI:0", "AAECAwQFBgcI:1"}));
    EXPECT_EQ(with({"a:0", "b:1"})->code, 40031);
    EXPECT_EQ(with({"a:0", ""})->code, 40031);
    EXPECT_EQ(with({"", "a:1"})->code, 40031);
}

TEST(AblyFrames, AreSplitAndRespelled) {
    for (const Format format : {Format::kJson, Format::kMsgpack}) {
        const AblyCodec codec{format};
        ChannelMessage message{.channel = "news", .event = "e", .data = std::string(400, 'x')};
        message.stamp = {.time = 1'700'000'000'001, .count = 7, .series = 0x5f0c9a1e};
        const auto first = codec.encode(message);
        const auto change = codec.encode("news", {.member = {.user_id = "u", .info = "null"}});
        ASSERT_TRUE(first && change);
        const Frame joined = Frame::joined(std::vector{*first, *change});
        const auto parts = split_frames(format, joined);
        ASSERT_EQ(parts.size(), 2U);
        EXPECT_EQ(parts[0].action, Action::kMessage);
        EXPECT_EQ(parts[1].action, Action::kPresence);
        EXPECT_EQ(
            channel_serial_in(format, parts[0].payload, "news"), "01700000000001-007@5f0c9a1e"
        );
        EXPECT_FALSE(channel_serial_in(format, parts[1].payload, "news"));
        const Frame respelled =
            with_channel(format, parts[0].payload, "news", "[?rewind=1]news \"ü\"");
        const auto value = decode_value(format, payload(respelled));
        ASSERT_TRUE(value);
        EXPECT_EQ((*value)["channel"], "[?rewind=1]news \"ü\"");
        EXPECT_EQ((*value)["messages"][0]["name"], "e");
    }
}

TEST(AblyChannelNames, AreThoseOfTheHubAndBack) {
    const App app{
        .settings = {.id = "7", .key = "", .secret = ""},
        .credentials = {},
        .limits = {},
        .key_prefix = "",
        .connections = nullptr};
    const App other{
        .settings = {.id = "8", .key = "", .secret = ""},
        .credentials = {},
        .limits = {},
        .key_prefix = "8/",
        .connections = nullptr};
    const std::string id = "0190a5c0-7b1c-7def-8123-456789abcdef";
    EXPECT_EQ(ably::hub_key_of(app, "kitchen:" + id), "kitchen:" + id);
    EXPECT_EQ(ably::hub_key_of(app, "presence-kitchen-" + id), "kitchen:" + id);
    EXPECT_TRUE(is_reserved_key(ably::hub_key_of(app, "presence-kitchen-" + id)));
    EXPECT_FALSE(is_reserved_key(ably::hub_key_of(other, "kitchen:" + id)));
    EXPECT_EQ(ably::hub_key_of(app, "news"), "news");
    for (const std::string name :
         {"a/b", "room:1", "grün", "8/news", "%2F", "~x", "#server-to-user-1", "news"}) {
        for (const App& owner : {app, other}) {
            const std::string key = ably::hub_key_of(owner, name);
            EXPECT_EQ(ably_name_of(key), name) << key;
        }
        EXPECT_NE(ably::hub_key_of(app, name), ably::hub_key_of(other, name));
    }
    EXPECT_NE(ably::hub_key_of(app, "8/news"), ably::hub_key_of(other, "news"));
}

TEST(AblyChannelNames, HaveAQualifierAndParameters) {
    const auto name = parse_channel_name("[?rewind=2&a=b]room:1");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->name, "room:1");
    EXPECT_EQ(name->params.at("rewind"), "2");
    EXPECT_EQ(name->spelled, "[?rewind=2&a=b]room:1");
    for (const char* bad :
         {"", ":x", "[x", "[filter=a]x", "[meta]log", "a\nb", " x", ",x", "[?%z]x", "[]"}) {
        EXPECT_EQ(parse_channel_name(bad).error().code, 40010) << bad;
    }
    EXPECT_FALSE(parse_channel_name(std::string(600, 'x')));
}

TEST(AblySerials, AreReadBack) {
    EXPECT_EQ(channel_serial_of(std::int64_t{12}), "00000000000012-000@seq");
    EXPECT_EQ(parse_seq_serial("00000000000012-000@seq"), 12);
    EXPECT_EQ(parse_seq_serial("00000000000012-000@seq:000"), 12);
    EXPECT_FALSE(parse_seq_serial("01700000000001-007@5f0c9a1e"));
    EXPECT_FALSE(parse_seq_serial("seq"));
    EXPECT_FALSE(parse_seq_serial(""));
    EXPECT_EQ(parse_rewind("5")->count, 5U);
    EXPECT_EQ(parse_rewind("500")->count, 100U);
    EXPECT_EQ(parse_rewind("15s")->time, std::chrono::seconds{15});
    EXPECT_EQ(parse_rewind("9m")->time, std::chrono::minutes{2});
    for (const char* bad : {"", "x", "5h", "-1", "5 "}) {
        EXPECT_FALSE(parse_rewind(bad)) << bad;
    }
}

TEST(AblyConnectionKeys, NameTheirConnectionAndShard) {
    const std::string id = make_connection_id();
    const std::string key = make_connection_key(id, 3);
    EXPECT_EQ(id.size(), 10U);
    EXPECT_EQ(id_in_key(key), id);
    EXPECT_EQ(shard_of_key(key, 4), 3U);
    EXPECT_FALSE(shard_of_key(key, 3));
    EXPECT_FALSE(id_in_key("aBcDeFgHiJ!k1"));
    EXPECT_NE(make_connection_key(id, 3), key);
}

TEST(AblyAnswers, AreGivenInOrderAndTogether) {
    Answers answers{10};
    for (std::int64_t serial : {0, 1, 2, 3}) {
        EXPECT_EQ(answers.begin(serial), Answers::Begin::kNew);
    }
    answers.settle(1, {.count = 1});
    EXPECT_TRUE(answers.take_due().empty());
    answers.settle(0, {.count = 2});
    answers.settle(2, {.error = ErrorInfo{.code = 40160, .status = 401, .message = "no"}});
    answers.settle(3, {});
    const auto due = answers.take_due();
    ASSERT_EQ(due.size(), 3U);
    EXPECT_EQ(due[0]["action"], 1);
    EXPECT_EQ(due[0]["msgSerial"], 0);
    EXPECT_EQ(due[0]["count"], 2);
    EXPECT_EQ(due[0]["res"][0]["serials"].size(), 2U);
    EXPECT_EQ(due[1]["action"], 2);
    EXPECT_EQ(due[1]["error"]["code"], 40160);
    EXPECT_EQ(due[2]["msgSerial"], 3);
    EXPECT_TRUE(answers.take_due().empty());
}

TEST(AblyAnswers, RepeatWhatIsAskedOnAnotherTransportOnly) {
    Answers answers{10};
    answers.begin(0);
    answers.settle(0, {.count = 1});
    EXPECT_EQ(answers.take_due().size(), 1U);
    EXPECT_EQ(answers.begin(0), Answers::Begin::kRepeated);
    EXPECT_TRUE(answers.take_due().empty());
    answers.begin(1);
    answers.begin_transport();
    answers.settle(1, {.count = 1});
    EXPECT_TRUE(answers.take_due().empty());
    EXPECT_EQ(answers.begin(1), Answers::Begin::kRepeated);
    EXPECT_EQ(answers.begin(5), Answers::Begin::kNew);  // gaps are as they come
    answers.settle(5, {});
    const auto due = answers.take_due();
    ASSERT_EQ(due.size(), 2U);
    EXPECT_EQ(due[0]["msgSerial"], 1);
    EXPECT_EQ(due[1]["msgSerial"], 5);
}

TEST(AblyAnswers, AreBounded) {
    Answers answers{2};
    EXPECT_EQ(answers.begin(0), Answers::Begin::kNew);
    EXPECT_EQ(answers.begin(1), Answers::Begin::kNew);
    EXPECT_EQ(answers.begin(2), Answers::Begin::kFull);
    answers.settle(0, {});
    EXPECT_EQ(answers.take_due().size(), 1U);
    EXPECT_EQ(answers.begin(3), Answers::Begin::kNew);
}

}  // namespace
}  // namespace orderpush::realtime::ably
