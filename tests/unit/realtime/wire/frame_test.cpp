#include "realtime/wire/frame.hpp"

#include "realtime/wire/handshake.hpp"

#include <gtest/gtest.h>

#include <string>

namespace orderpush::realtime {
namespace {

TEST(FrameTest, EncodesAllFormsOfLengthWithoutAMask) {
    EXPECT_EQ(Frame::text("hi").bytes(), "\x81\x02hi");
    EXPECT_EQ(
        Frame::text(std::string(126, 'x')).bytes().substr(0, 4),
        (std::string_view{"\x81\x7E\x00\x7E", 4})
    );
    EXPECT_EQ(
        Frame::text(std::string(65'536, 'x')).bytes().substr(0, 10),
        (std::string_view{"\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10})
    );
}

TEST(FrameTest, EncodesCloseWithItsCodeAndReason) {
    EXPECT_EQ(Frame::close(CloseCode::kUnknownKey, "no").bytes(), "\x88\x04\x0F\xA1no");
    EXPECT_EQ(Frame::close().bytes(), (std::string_view{"\x88\x00", 2}));
}

TEST(FrameTest, CutsACloseReasonThatDoesNotFitBetweenCharacters) {
    const std::string reason = std::string(122, 'x') + "\xC3\xAB";
    EXPECT_EQ(Frame::close(CloseCode::kNormal, reason).bytes().size(), 2U + 2U + 122U);
}

TEST(FrameTest, SharesItsBytesBetweenCopies) {
    const Frame frame = Frame::text("shared");
    const Frame copy = frame;  // NOLINT: the copy is the point
    EXPECT_EQ(frame.bytes().data(), copy.bytes().data());
}

TEST(HandshakeTest, AnswersTheKeyOfTheStandard) {
    // RFC 6455, section 1.3.
    EXPECT_NE(
        handshake_response("dGhlIHNhbXBsZSBub25jZQ==")
            .find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
        std::string::npos
    );
}

}  // namespace
}  // namespace orderpush::realtime
