// Whether a request of Pusher's HTTP API is signed, before its body has come.

#include "protocol/pusher_request.hpp"
#include "realtime/pusher/pusher_api.hpp"
#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace orderpush::realtime {
namespace {

class PusherApiHeadTest : public testing::Test {
  protected:
    PusherApiHeadTest() {
        apps_.set_further(
            {{.id = "88002", .key = "otherkey", .secret = "another-secret", .is_disabled = true}}
        );
    }
    std::string query_of(
        const std::string& secret, const std::string& path, Timestamp at, std::string body = "{}"
    ) const {
        return protocol::signed_query(
            {.id = "77001", .key = "relaykey01", .secret = secret}, "POST", path, body, at
        );
    }
    bool is_signed(const std::string& path, const std::string& query) const {
        return api_.is_signed({.method = "POST", .path = path, .query = query});
    }

    const std::string path_ = "/apps/77001/batch_events";
    const std::string secret_ = "relay-secret-For-Tests";
    orderpush::test::ManualClock clock_;
    IoShards shards_{1};
    Hub hub_{shards_, {}};
    AppTable apps_{{.id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"}};
    PusherApi api_{hub_, apps_, clock_, "/realtime"};
};

TEST_F(PusherApiHeadTest, TheSignatureCoversTheBodyThatIsToCome) {
    const std::string query = query_of(secret_, path_, clock_.now());
    EXPECT_TRUE(is_signed(path_, query));
    EXPECT_TRUE(is_signed("/realtime" + path_, query));
    EXPECT_FALSE(is_signed("/apps/77001/events", query)) << "signed for another path";
}

TEST_F(PusherApiHeadTest, WhatIsNotSignedIsNot) {
    EXPECT_FALSE(is_signed(path_, ""));
    EXPECT_FALSE(is_signed(path_, "%"));
    EXPECT_FALSE(is_signed("/apps/77001", query_of(secret_, "/apps/77001", clock_.now())));
    EXPECT_FALSE(is_signed(path_, query_of("guessed", path_, clock_.now())));
    const auto hour_ago = clock_.now() - std::chrono::hours{1};
    EXPECT_FALSE(is_signed(path_, query_of(secret_, path_, hour_ago)));
    EXPECT_FALSE(is_signed(path_, query_of(secret_, path_, clock_.now(), ""))) << "of no body";
    const std::string other = "/apps/88002/events";
    EXPECT_FALSE(is_signed(
        other,
        protocol::signed_query(
            {.id = "88002", .key = "otherkey", .secret = "another-secret"},
            "POST",
            other,
            "{}",
            clock_.now()
        )
    )) << "the application is disabled";
}

}  // namespace
}  // namespace orderpush::realtime
