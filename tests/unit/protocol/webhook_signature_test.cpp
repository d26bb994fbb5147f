#include "protocol/webhook_signature.hpp"

#include <gtest/gtest.h>

namespace orderpush::protocol {
namespace {

constexpr std::string_view kSecret = "relay-secret-For-Tests";

// Vectors V6 and V6b of the wire reference; a newline more must give another signature.
struct Vector {
    const char* body;
    const char* signature;
};

class PusherWebhookVector : public testing::TestWithParam<Vector> {};

TEST_P(PusherWebhookVector, IsSignedOverTheVeryBytes) {
    const std::string body{GetParam().body};
    EXPECT_EQ(pusher_webhook_signature(kSecret, body), GetParam().signature);
    EXPECT_NE(pusher_webhook_signature(kSecret, body + "\n"), GetParam().signature);
}

INSTANTIATE_TEST_SUITE_P(
    KnownAnswers,
    PusherWebhookVector,
    testing::Values(
        Vector{
            R"({"time_ms":1700000000123,"events":[{"name":"channel_occupied","channel":"presence-lobby"},{"name":"member_added","channel":"presence-lobby","user_id":"u-42"}]})",
            "636fbc22bcd7964383f3a6563a4f351e58c5bfc068a2d6ebaf54ae07ee4fec89"},
        Vector{
            R"({"time_ms":1700000000456,"events":[{"name":"client_event","channel":"presence-lobby","event":"client-typing","data":"{\"on\":true}","socket_id":"4711.90125","user_id":"u-42"}]})",
            "42a6df67d678d4ca86a02ab146c8bbc46a717ce253249d363897c68b36c1d207"}
    )
);

// The example of the Standard Webhooks specification's libraries.
TEST(StandardWebhookSignature, IsThatOfTheLibraries) {
    const std::string key{
        "\x31\xF2\x90\xF6\xBF\x06\x29\x8A\xAB\x4F\x08\xD4\x3C\x3F\x08\x2C\xF6\x48"
        "\xA3\x62\xDA\x2D\xA4\xB0"};
    const Timestamp at{std::chrono::milliseconds{1'614'265'330'999}};
    const auto signature = standard_webhook_signature(
        key, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, R"({"test": 2432232314})"
    );
    EXPECT_EQ(standard_webhook_timestamp(at), "1614265330");
    EXPECT_EQ(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

}  // namespace
}  // namespace orderpush::protocol
