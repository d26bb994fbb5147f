#include "protocol/pusher_signature.hpp"

#include <gtest/gtest.h>

namespace orderpush::protocol {
namespace {

const PusherApp kApp{.id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};
/// The vendor's published example (Pusher Channels, "Authenticating users", worked example).
const PusherApp kVendorApp{
    .id = "3", .key = "278d425bdf160c739803", .secret = "7ad3773142a6692b25b8"};
constexpr std::string_view kSocket = "4711.90125";

struct Vector {
    PusherApp app;
    std::string socket_id;
    std::string channel;
    std::string channel_data;
    std::string digest;
};

class PusherSignatureVectorTest : public testing::TestWithParam<Vector> {};

TEST_P(PusherSignatureVectorTest, SignsAndVerifiesTheKnownAnswer) {
    const Vector& vector = GetParam();
    const std::string text =
        channel_string_to_sign(vector.socket_id, vector.channel, vector.channel_data);
    const std::string auth = vector.app.key + ':' + vector.digest;
    EXPECT_EQ(sign_pusher_auth(vector.app, text), auth);
    EXPECT_TRUE(verify_pusher_auth(vector.app, auth, text, vector.channel));
}

// Private, presence, presence of a signed-in user, encrypted: made with Node's crypto, OpenSSL and
// the official Node library.
INSTANTIATE_TEST_SUITE_P(
    KnownAnswers,
    PusherSignatureVectorTest,
    testing::Values(
        Vector{
            kApp,
            "4711.90125",
            "private-orders.eu@7",
            "",
            "bfd7c08cce0d0724ee5638d832bcc6b94b5bfc9c860af4c6b050a80de22809df"},
        Vector{
            kApp,
            "4711.90125",
            "presence-lobby",
            "{\"user_id\":\"u-42\",\"user_info\":{\"name\":\"Zo\xC3\xAB\",\"lvl\":3}}",
            "810c5f41f444bca544217cffaddbe3966ab2c1db4b559e6612ddaddcb97425ce"},
        Vector{
            kApp,
            "4711.90125",
            "presence-lobby",
            "",
            "4761b359457a9299561780017b3d0a684f5449084bcea6e01beda5569580285e"},
        Vector{
            kApp,
            "4711.90125",
            "private-encrypted-vault",
            "",
            "1c894771647c14648f67e1f5739e10bdd199b81f39c099ae39707985cb9f0b5b"},
        Vector{
            kVendorApp,
            "1234.1234",
            "private-foobar",
            "",
            "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"}
    )
);

TEST(PusherSignatureTest, SignsAndVerifiesASignIn) {
    const std::string text = user_string_to_sign(
        kSocket,
        "{\"id\":\"u-42\",\"user_info\":{\"name\":\"Zo\xC3\xAB\"},\"watchlist\":[\"u-7\",\"u-9\"]}"
    );
    const std::string auth =
        "relaykey01:514211fcc3d42db268d1d04b727ed4885f36a4b012a91cce1eda31476a1475e3";
    EXPECT_EQ(sign_pusher_auth(kApp, text), auth);
    EXPECT_TRUE(verify_pusher_signin(kApp, auth, text));
    EXPECT_FALSE(verify_pusher_signin(kApp, auth, text + ' '));
    EXPECT_FALSE(verify_pusher_signin(kApp, auth.substr(10), text));
    EXPECT_FALSE(verify_pusher_signin(kApp, "", text));
}

std::string refusal_of(std::string_view auth, std::string_view text, std::string_view channel) {
    const auto verified = verify_pusher_auth(kApp, auth, text, channel);
    return verified ? "accepted" : verified.error().message;
}

TEST(PusherSignatureTest, SaysThatAuthIsMissing) {
    EXPECT_EQ(refusal_of("", "text", "private-a"), "Auth info required to subscribe to private-a");
}

TEST(PusherSignatureTest, SaysThatAuthHasNoColon) {
    EXPECT_EQ(
        refusal_of("relaykey01", "text", "private-a"),
        "Auth value for subscription to private-a is invalid: should be of format 'key:signature'"
    );
}

TEST(PusherSignatureTest, NamesAKeyThatIsNotOurs) {
    EXPECT_EQ(
        refusal_of("other:abc", "text", "private-a"),
        "Invalid key in subscription auth data: 'other'"
    );
    EXPECT_EQ(refusal_of(":abc", "text", "private-a"), "Invalid key in subscription auth data: ''");
}

TEST(PusherSignatureTest, ShowsTheStringToSignAndNotTheExpectedDigest) {
    const std::string text = channel_string_to_sign(kSocket, "private-orders.eu@7", "");
    const std::string message = refusal_of("relaykey01:abc", text, "private-orders.eu@7");
    EXPECT_EQ(
        message,
        "Invalid signature: Expected HMAC SHA256 hex digest of 4711.90125:private-orders.eu@7, but "
        "got abc"
    );
}

TEST(PusherSignatureTest, RefusesChannelDataThatWasSerialisedAgain) {
    const std::string signed_text =
        channel_string_to_sign(kSocket, "presence-lobby", R"({"user_id":"u-42"})");
    const std::string sent_text =
        channel_string_to_sign(kSocket, "presence-lobby", R"({"user_id": "u-42"})");
    EXPECT_FALSE(
        verify_pusher_auth(kApp, sign_pusher_auth(kApp, signed_text), sent_text, "presence-lobby")
    );
}

TEST(PusherSignatureTest, BindsAGuestsAuthToItsSession) {
    const auto session = *parse_id<SessionId>("0190a5c0-7b1c-7def-8123-456789abcdef");
    const std::string other = "0190a5c0-7b1c-7def-8123-456789abcd00";
    const std::string channel = "private-table-x";
    const std::string text = channel_string_to_sign(kSocket, channel, "");
    const std::string auth = sign_guest_auth(kApp, text, session);
    EXPECT_EQ(session_of_auth(auth), session);
    EXPECT_TRUE(verify_pusher_auth(kApp, auth, text, channel));
    const std::string bare = auth.substr(0, auth.rfind(':'));
    EXPECT_EQ(session_of_auth(bare), std::nullopt);
    EXPECT_FALSE(verify_pusher_auth(kApp, bare, text, channel));
    EXPECT_FALSE(verify_pusher_auth(kApp, bare + ':' + other, text, channel));
    EXPECT_FALSE(verify_pusher_auth(kApp, sign_pusher_auth(kApp, text) + ':' + other, text, channel)
    );
    EXPECT_EQ(session_of_auth(auth + ':' + other), std::nullopt);
    EXPECT_FALSE(verify_pusher_auth(kApp, auth + ':' + other, text, channel));
    EXPECT_EQ(session_of_auth("relaykey01:digest:more"), std::nullopt);
}

TEST(PusherSignatureTest, AcceptsOnlyTwoNumbersAsSocketId) {
    EXPECT_TRUE(is_socket_id("4711.90125"));
    for (const char* text :
         {"", "1", "1.", ".2", "1.2\n", "1.2:private-x", "1.2.3", "a.b", " 1.2"}) {
        EXPECT_FALSE(is_socket_id(text)) << text;
    }
}

}  // namespace
}  // namespace orderpush::protocol
