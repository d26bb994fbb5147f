// The packets of Engine.IO 4, with the answers of the official encoders (engine.io-parser 5.2.3).

#include "realtime/socketio/engine_io/packet.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace orderpush::realtime {
namespace {

std::vector<std::string> split(std::string_view body) {
    std::vector<std::string> packets;
    EnginePayload payload{body};
    while (const auto packet = payload.next()) {
        packets.emplace_back(*packet);
    }
    return packets;
}

TEST(EnginePacketTest, ReadsTypesAndWhatStandsBehindThem) {
    const auto message = decode_engine_packet("42[\"a\",1]");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->type, EnginePacketType::kMessage);
    EXPECT_EQ(message->data(), "2[\"a\",1]");
    EXPECT_EQ(decode_engine_packet("2probe")->data(), "probe");
    EXPECT_EQ(decode_engine_packet("3")->type, EnginePacketType::kPong);
    EXPECT_EQ(decode_engine_packet("6")->type, EnginePacketType::kNoop);
}

TEST(EnginePacketTest, ReadsBytesThatTravelAsText) {
    const auto bytes = decode_engine_packet("bAQIDBA==");
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->type, EnginePacketType::kBinary);
    EXPECT_EQ(bytes->data(), std::string_view("\x01\x02\x03\x04", 4));
    EXPECT_EQ(decode_engine_packet("b")->data(), "");
}

TEST(EnginePacketTest, RefusesWhatIsNoPacket) {
    for (const char* text : {"", "7", "x", " 4", "bAQ", "b%%%%", "bAQIDBA==x", "bAQIDBA== "}) {
        EXPECT_FALSE(decode_engine_packet(text)) << text;
    }
}

TEST(EnginePayloadTest, SplitsPolls) {
    EXPECT_EQ(
        split("42[\"a\",1]\x1e"
              "bAQIDBA==\x1e"
              "2"),
        (std::vector<std::string>{"42[\"a\",1]", "bAQIDBA==", "2"})
    );
    EXPECT_EQ(split(""), (std::vector<std::string>{""}));
    EXPECT_EQ(split("2\x1e"), (std::vector<std::string>{"2", ""}));
}

TEST(EnginePayloadTest, JoinsWhatWebSocketsGetAsItIs) {
    const std::string long_text = "4" + std::string(70'000, 'x');
    const std::string medium_text = "4" + std::string(300, 'y');
    const std::array frames{Frame::text("2"), Frame::text(medium_text)};
    std::string body;
    append_engine_packets(body, Frame::text("42[\"note\",\"käse 🍕\"]"));
    append_engine_packets(body, Frame::joined(frames));
    append_engine_packets(body, Frame::text(long_text));
    EXPECT_EQ(
        split(body),
        (std::vector<std::string>{"42[\"note\",\"käse 🍕\"]", "2", medium_text, long_text})
    );
}

}  // namespace
}  // namespace orderpush::realtime
