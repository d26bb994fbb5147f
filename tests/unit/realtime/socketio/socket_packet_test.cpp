// The packets of Socket.IO 5, with the answers of the official encoders (socket.io-parser 4.2.7).

#include "realtime/socketio/socket_packet.hpp"

#include <gtest/gtest.h>

#include <string>

namespace orderpush::realtime {
namespace {

using Outcome = SocketPacketReader::Outcome;
using Type = SocketPacket::Type;

SocketPacket read(std::string_view text) {
    SocketPacketReader reader;
    SocketPacket packet;
    EXPECT_EQ(reader.on_text(text, packet), Outcome::kPacket) << text;
    return packet;
}

Outcome outcome_of(std::string_view text) {
    SocketPacketReader reader;
    SocketPacket packet;
    return reader.on_text(text, packet);
}

TEST(SocketPacketTest, ReadsConnects) {
    EXPECT_EQ(read("0").type, Type::kConnect);
    EXPECT_FALSE(read("0").token);
    EXPECT_EQ(read(R"(0{"token":"abc"})").token, "abc");
    EXPECT_FALSE(read(R"(0{"token":null})").token);
    EXPECT_FALSE(read(R"(0{"token":null})").has_other_token);
    EXPECT_TRUE(read(R"(0{"token":7})").has_other_token);
    EXPECT_EQ(read(R"(0/custom,{"token":"abc"})").name_space, "/custom");
    EXPECT_EQ(read("0/custom,").name_space, "/custom");
    EXPECT_EQ(read("0/custom").name_space, "/custom");
    EXPECT_EQ(read("0/?a=b,").name_space, "/?a=b");
    EXPECT_EQ(read(R"(0/,{"token":"abc"})").name_space, "/");
    EXPECT_EQ(read("01{}").type, Type::kConnect);
    const SocketPacket again = read(R"(0{"pid":"P","offset":"O","token":"abc"})");
    EXPECT_EQ(again.private_id, "P");
    EXPECT_EQ(again.offset, "O");
    EXPECT_EQ(again.token, "abc");
}

TEST(SocketPacketTest, ReadsEventsAndTheirFirstArgument) {
    const SocketPacket bare = read(R"(2["join:kitchen"])");
    EXPECT_EQ(bare.event, "join:kitchen");
    EXPECT_EQ(bare.argument_kind, SocketPacket::Argument::kNone);
    EXPECT_FALSE(bare.ack_id);
    const SocketPacket asked = read(R"(212["join:table","T"])");
    EXPECT_EQ(asked.ack_id, 12U);
    EXPECT_EQ(asked.argument, "T");
    EXPECT_EQ(read(R"(2["e",null,1])").argument_kind, SocketPacket::Argument::kOther);
    EXPECT_EQ(read(R"(2["e",{"_x":1}])").argument_kind, SocketPacket::Argument::kOther);
    EXPECT_EQ(read("2[7]").event, "");
    EXPECT_EQ(read(R"(2/custom,0["e",null])").ack_id, 0U);
    EXPECT_EQ(read(R"(2["note","käse 🍕"])").argument, "käse 🍕");
    EXPECT_EQ(read("1").type, Type::kDisconnect);
    EXPECT_EQ(read("1/custom,").name_space, "/custom");
    EXPECT_EQ(read("30[]").type, Type::kAck);
}

TEST(SocketPacketTest, RefusesWhatTheOfficialDecoderRefuses) {
    for (const char* text :
         {"",
          "7",
          "9",
          "2",
          "2{}",
          "2[]",
          "2[null]",
          "2[{}]",
          "1{}",
          "0[1]",
          "0\"x\"",
          "0null",
          "4{}",
          "4",
          "2[\"a\"",
          "2[\"a\"]x",
          "3",
          "3{}",
          "5[\"a\"]",
          "50-[\"a\"]",
          "511-[\"a\"]",
          "5-[\"a\"]",
          "5x-[\"a\"]",
          "2[\"connect\"]",
          "2[\"disconnect\"]",
          "2[\"newListener\",1]",
          "299999999999999999999[\"a\"]",
          "29007199254740993[\"a\"]",
          "2 1[\"a\"]"}) {
        EXPECT_EQ(outcome_of(text), Outcome::kFault) << text;
    }
    EXPECT_EQ(outcome_of("2" + std::string(100, '[')), Outcome::kFault);
    EXPECT_EQ(
        outcome_of("2[\"a\"," + std::string(60, '[') + std::string(60, ']') + "]"), Outcome::kFault
    );
}

TEST(SocketPacketTest, WaitsForAttachments) {
    SocketPacketReader reader;
    SocketPacket packet;
    EXPECT_EQ(
        reader.on_text(
            R"(52-["file",{"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1}}])",
            packet
        ),
        Outcome::kMore
    );
    EXPECT_EQ(reader.on_bytes(std::string_view("\x01\x02", 2), packet), Outcome::kMore);
    EXPECT_EQ(reader.on_bytes("\xff", packet), Outcome::kPacket);
    EXPECT_EQ(packet.event, "file");
    EXPECT_EQ(packet.argument_kind, SocketPacket::Argument::kOther);
    EXPECT_EQ(reader.on_text(R"(2["a"])", packet), Outcome::kPacket) << "and goes on";
    EXPECT_EQ(
        reader.on_text(R"(51-/custom,7["file",{"_placeholder":true,"num":0}])", packet),
        Outcome::kMore
    );
}

TEST(SocketPacketTest, RefusesAttachmentsOutOfPlace) {
    SocketPacketReader reader;
    SocketPacket packet;
    EXPECT_EQ(reader.on_bytes("x", packet), Outcome::kFault) << "none is due";
    EXPECT_EQ(outcome_of(R"(51-["file",{"_placeholder":true,"num":1}])"), Outcome::kFault)
        << "there is no such one";
    EXPECT_EQ(outcome_of(R"(51-["file",{"_placeholder":true,"num":-1}])"), Outcome::kFault);
    EXPECT_EQ(outcome_of(R"(51-["file",{"_placeholder":true}])"), Outcome::kFault);
    EXPECT_EQ(
        reader.on_text(R"(51-["file",{"_placeholder":true,"num":0}])", packet), Outcome::kMore
    );
    EXPECT_EQ(reader.on_text(R"(2["a"])", packet), Outcome::kFault) << "a text between";
}

TEST(SocketPacketTest, BoundsAttachmentsTogether) {
    SocketPacketReader reader;
    SocketPacket packet;
    ASSERT_EQ(
        reader.on_text(
            R"(52-["f",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])", packet
        ),
        Outcome::kMore
    );
    const std::string half(SocketPacketReader::kAttachmentBytesMax / 2 + 1, 'x');
    EXPECT_EQ(reader.on_bytes(half, packet), Outcome::kMore);
    EXPECT_EQ(reader.on_bytes(half, packet), Outcome::kFault);
}

TEST(SocketPacketTest, WritesWhatTheOfficialEncoderWrites) {
    EXPECT_EQ(connect_message("S", ""), R"(40{"sid":"S"})");
    EXPECT_EQ(connect_message("S", "P"), R"(40{"sid":"S","pid":"P"})");
    EXPECT_EQ(
        connect_error_message("/", "Authentication error", "token_invalid"),
        R"(44{"message":"Authentication error","data":{"code":"token_invalid"}})"
    );
    EXPECT_EQ(
        connect_error_message("/nope", "Invalid namespace", ""),
        R"(44/nope,{"message":"Invalid namespace"})"
    );
    EXPECT_EQ(disconnect_message(), "41");
    EXPECT_EQ(ack_message(12), R"(4312[{"ok":true}])");
    const Error error{.kind = ErrorKind::kForbidden, .code = "forbidden", .message = "No \"way\""};
    EXPECT_EQ(
        ack_message(0, error),
        R"(430[{"ok":false,"error":{"code":"forbidden","message":"No \"way\""}}])"
    );
    EXPECT_EQ(
        error_event_message("join:table", error),
        R"(42["error",{"event":"join:table","code":"forbidden","message":"No \"way\""}])"
    );
}

}  // namespace
}  // namespace orderpush::realtime
