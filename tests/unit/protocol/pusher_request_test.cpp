// Known answers: the vendor's example ("Authentication", HTTP API), and the output of the npm
// package pusher 5.3.4 for the same inputs with its clock fixed.

#include "protocol/pusher_request.hpp"

#include "base/crypto/crypto.hpp"

#include <gtest/gtest.h>

namespace orderpush::protocol {
namespace {

const PusherApp kApp{.id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};
const Timestamp kTime{std::chrono::seconds{1'700'000'000}};

std::string signature_of(const std::string& query) {
    return query.substr(query.find("auth_signature=") + 15);
}

TEST(PusherRequestTest, SignsTheVendorsExample) {
    const PusherApp app{.id = "3", .key = "278d425bdf160c739803", .secret = "7ad3773142a6692b25b8"};
    const std::string query = signed_query(
        app,
        "POST",
        "/apps/3/events",
        R"({"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"})",
        Timestamp{std::chrono::seconds{1'353'088'179}}
    );
    EXPECT_EQ(
        query,
        "auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0&"
        "body_md5=ec365a775a4cd0599faeb73354201b6f&auth_signature="
        "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"
    );
}

TEST(PusherRequestTest, SignsEventsAsTheSdkDoes) {
    const std::string body =
        "{\"name\":\"order.created\",\"data\":\"{\\\"id\\\":7,\\\"note\\\":\\\"h\xC3\xA9llo\\\"}\","
        "\"channels\":[\"private-orders.eu@7\"],\"socket_id\":\"4711.90125\"}";
    ASSERT_EQ(md5_hex(body), "ac4f2be24dd8a48fa3b7a2efd6c9483c");
    EXPECT_EQ(
        signature_of(signed_query(kApp, "POST", "/apps/77001/events", body, kTime)),
        "722bf004cd5cc157afd6603359d9782d32913addf2f56143e2da78eec80eeec7"
    );
}

TEST(PusherRequestTest, SignsBatchesAsTheSdkDoes) {
    const std::string body =
        R"({"batch":[{"channel":"news","name":"tick","data":"1"},)"
        R"({"channel":"presence-lobby","name":"tick","data":"2","info":"user_count"}]})";
    EXPECT_EQ(
        signature_of(signed_query(kApp, "POST", "/apps/77001/batch_events", body, kTime)),
        "a13608ade9cadae481bdb63aeceac411c5e2e88bc13306bdcac96adb488f655a"
    );
}

TEST(PusherRequestTest, SortsParametersAndLeavesValuesUnencoded) {
    const PusherParameters parameters{
        {"info", "user_count,subscription_count"},
        {"auth_version", "1.0"},
        {"auth_timestamp", "1700000000"},
        {"auth_key", "relaykey01"}};
    const std::string text =
        request_string_to_sign("GET", "/apps/77001/channels/presence-lobby", parameters);
    EXPECT_EQ(
        hmac_sha256_hex(kApp.secret, text),
        "72ede7c75f3f65e58b1d2a187832851cb14842c1963f8fa88851b0a974ac88b7"
    );
}

TEST(PusherRequestTest, NoBodyNoDigest) {
    EXPECT_EQ(signed_query(kApp, "GET", "/x", "", kTime).find("body_md5"), std::string::npos);
}

}  // namespace
}  // namespace orderpush::protocol
