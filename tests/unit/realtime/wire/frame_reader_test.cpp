#include "realtime/wire/frame_reader.hpp"

#include "tests/unit/realtime/wire/client_frames.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace orderpush::realtime {
namespace {

using test::client_frame;
using test::client_text;
using Kind = Inbound::Kind;

struct Received {
    Kind kind;
    std::string payload;
    int code;

    bool operator==(const Received&) const = default;
};

void PrintTo(const Received& received, std::ostream* out) {
    *out << static_cast<int>(received.kind) << " '" << received.payload << "' " << received.code;
}

/// Feeds `bytes` in pieces of `step` and collects what is said.
std::vector<Received> receive(std::string bytes, std::size_t step) {
    FrameReader reader;
    std::vector<Received> received;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        reader.feed(std::span{bytes}.subspan(at, std::min(step, bytes.size() - at)));
        while (const auto inbound = reader.next()) {
            const int code = inbound->code ? static_cast<int>(*inbound->code) : 0;
            received.push_back({inbound->kind, std::string{inbound->payload}, code});
        }
    }
    return received;
}

std::vector<Received> receive(const std::string& bytes) {
    return receive(bytes, bytes.size());
}

int fault_code(const std::string& bytes) {
    const auto received = receive(bytes);
    return !received.empty() && received.back().kind == Kind::kFault ? received.back().code : 0;
}

TEST(FrameReaderTest, ReadsAllFormsOfLength) {
    for (const std::size_t size : {0UL, 1UL, 125UL, 126UL, 127UL, 65'535UL, 65'536UL}) {
        const std::string text(size, 'x');
        EXPECT_EQ(receive(client_text(text)), (std::vector<Received>{{Kind::kText, text, 0}}))
            << size;
    }
}

TEST(FrameReaderTest, ReadsTheSameWhateverThePiecesAre) {
    const std::string bytes = client_text("one") + client_frame(0x01, "tw") +
                              client_frame(0x89, "ping") + client_frame(0x80, "o") +
                              client_frame(0x8A, "") + client_text(std::string(300, 'y')) +
                              client_frame(
                                  0x88,
                                  "\x03\xE8"
                                  "bye"
                              );
    const std::vector<Received> expected{
        {Kind::kText, "one", 0},
        {Kind::kPing, "ping", 0},
        {Kind::kText, "two", 0},
        {Kind::kPong, "", 0},
        {Kind::kText, std::string(300, 'y'), 0},
        {Kind::kClose, "bye", 1000}};
    for (const std::size_t step : {1UL, 2UL, 3UL, 7UL, 64UL, 100'000UL}) {
        EXPECT_EQ(receive(bytes, step), expected) << step;
    }
}

TEST(FrameReaderTest, JoinsFragmentsOfOneCharacter) {
    const std::string bytes =
        client_frame(0x01, "Zo\xC3") + client_frame(0x00, "") + client_frame(0x80, "\xAB");
    EXPECT_EQ(receive(bytes), (std::vector<Received>{{Kind::kText, "Zo\xC3\xAB", 0}}));
}

TEST(FrameReaderTest, RefusesTextThatIsNotUtf8) {
    EXPECT_EQ(fault_code(client_text("\xC3")), 1007);
    EXPECT_EQ(fault_code(client_frame(0x01, "\xC3") + client_frame(0x80, "x")), 1007);
    EXPECT_EQ(fault_code(client_text("\xED\xA0\x80")), 1007);
}

TEST(FrameReaderTest, RefusesFramesWithoutAMask) {
    EXPECT_EQ(fault_code(std::string{"\x81\x01x"}), 1002);
}

TEST(FrameReaderTest, RefusesReservedBitsAndOpcodes) {
    for (const unsigned first : {0xC1U, 0xA1U, 0x91U, 0x83U, 0x87U, 0x8BU, 0x8FU}) {
        EXPECT_EQ(fault_code(client_frame(first, "x")), 1002) << first;
    }
}

TEST(FrameReaderTest, RefusesBinaryMessages) {
    EXPECT_EQ(fault_code(client_frame(0x82, "x")), 1003);
}

TEST(FrameReaderTest, RefusesControlFramesThatAreLongOrFragmented) {
    EXPECT_EQ(fault_code(client_frame(0x89, std::string(126, 'x'))), 1002);
    EXPECT_EQ(fault_code(client_frame(0x09, "x")), 1002);
    EXPECT_EQ(receive(client_frame(0x89, std::string(125, 'x'))).at(0).kind, Kind::kPing);
}

TEST(FrameReaderTest, RefusesFragmentsOutOfPlace) {
    EXPECT_EQ(fault_code(client_frame(0x80, "x")), 1002);
    EXPECT_EQ(fault_code(client_frame(0x01, "x") + client_text("y")), 1002);
}

TEST(FrameReaderTest, RefusesMessagesOverTheLimitBeforeTheyArrive) {
    const std::string over(kInboundMessageBytesMax + 1, 'x');
    EXPECT_EQ(fault_code(client_text(over).substr(0, 14)), 1009);
    const std::string half(kInboundMessageBytesMax / 2 + 1, 'x');
    EXPECT_EQ(fault_code(client_frame(0x01, half) + client_frame(0x80, half).substr(0, 14)), 1009);
    EXPECT_EQ(
        fault_code(std::string{
            "\x81\xFF\x80\x00\x00\x00\x00\x00\x00\x00"
            "abcd",
            14}),
        1009
    );
}

TEST(FrameReaderTest, LetsControlFramesThroughAnAlmostFullMessage) {
    const std::string full(kInboundMessageBytesMax, 'x');
    const auto received =
        receive(client_frame(0x01, full) + client_frame(0x89, "p") + client_frame(0x80, ""));
    ASSERT_EQ(received.size(), 2U);
    EXPECT_EQ(received[0].kind, Kind::kPing);
    EXPECT_EQ(received[1].payload, full);
}

TEST(FrameReaderTest, ReadsCloseFramesWithAndWithoutACode) {
    EXPECT_EQ(receive(client_frame(0x88, "")), (std::vector<Received>{{Kind::kClose, "", 0}}));
    EXPECT_EQ(
        receive(client_frame(0x88, "\x0F\xA1")), (std::vector<Received>{{Kind::kClose, "", 4001}})
    );
}

TEST(FrameReaderTest, RefusesCloseFramesThatAreNotValid) {
    EXPECT_EQ(fault_code(client_frame(0x88, "x")), 1002);
    for (const char* code :
         {"\x03\xEC", "\x03\xED", "\x03\xEE", "\x03\xF7", "\x07\xD0", "\x13\x88"}) {
        EXPECT_EQ(fault_code(client_frame(0x88, {code, 2})), 1002);
    }
    EXPECT_EQ(fault_code(client_frame(0x88, "\x03\xE8\xFF")), 1007);
}

TEST(FrameReaderTest, IgnoresEverythingAfterACloseFrame) {
    EXPECT_EQ(receive(client_frame(0x88, "") + client_text("late")).size(), 1U);
}

TEST(FrameReaderTest, SkipsMessagesOnceTheConnectionIsToClose) {
    FrameReader reader{true};
    std::string bytes = client_text("kept") + client_frame(0x01, "begun");
    reader.feed(bytes);
    EXPECT_EQ(reader.next()->payload, "kept");
    reader.skip_messages();
    EXPECT_FALSE(reader.next());
    // Not even looked at: these are no DEFLATE data, and no UTF-8.
    std::string more = client_frame(0x80, "ended") + client_frame(0xC1, "\xFF\xFF") +
                       client_text("\xFF") + client_frame(0x88, "\x03\xE8");
    reader.feed(more);
    const auto said = reader.next();
    ASSERT_TRUE(said);
    EXPECT_EQ(said->kind, Kind::kClose);
}

TEST(FrameReaderTest, FragmentsWithoutAnEndAreBounded) {
    FrameReader reader;
    std::string bytes = client_frame(0x01, "");
    for (std::size_t i = 0; i < kInboundFragmentsMax; ++i) {
        bytes += client_frame(0x00, "");
    }
    reader.feed(bytes);
    const auto said = reader.next();
    ASSERT_TRUE(said);
    EXPECT_EQ(said->code, CloseCode::kTooLarge);
}

TEST(FrameReaderTest, KeepsNothingWhenIdle) {
    FrameReader reader;
    const std::string text(50'000, 'x');
    std::string bytes =
        client_frame(0x01, text.substr(0, 30'000)) + client_frame(0x80, text.substr(30'000));
    std::string first = bytes.substr(0, 40'000);
    std::string rest = bytes.substr(40'000);
    reader.feed(first);
    EXPECT_FALSE(reader.next());
    EXPECT_GE(reader.held_bytes(), 40'000U - 20U);
    reader.feed(rest);
    EXPECT_EQ(reader.next()->payload, text);
    EXPECT_FALSE(reader.next());
    EXPECT_LE(reader.held_bytes(), 64U);
}

}  // namespace
}  // namespace orderpush::realtime
