// What the hosted providers' REST APIs say of who is connected.

#include "adapters/ably/ably_presence.hpp"
#include "adapters/pusher/pusher_presence.hpp"
#include "base/crypto/crypto.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/providers/scripted_client.hpp"

#include <gtest/gtest.h>

#include <map>

namespace orderpush::adapters {
namespace {

const std::string kBranch = "0190a5c0-7b1c-7def-8123-456789abcdef";
const Channel kKitchen = Channel::kitchen({*parse_uuid(kBranch)});
const protocol::PusherApp kApp{
    .id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};

/// Answers by the target without its signature; what is not known is 404.
class HostedPresenceTest : public testing::Test {
  protected:
    test::ScriptedAnswer answer(const test::ScriptedRequest& request) {
        const auto query = request.target.find("?auth_key");
        const auto inner = request.target.find("&auth_signature");
        asked_.push_back(request.target);
        EXPECT_EQ(request.method, "GET");
        for (const std::string& target :
             {request.target, request.target.substr(0, std::min(query, inner))}) {
            if (const auto found = answers_.find(target); found != answers_.end()) {
                return found->second;
            }
        }
        return {.status = 404, .body = "nothing of that name", .headers = {}};
    }
    void put(const std::string& target, const std::string& body, const net::Headers& headers = {}) {
        answers_[target] = {.status = 200, .body = body, .headers = headers};
    }
    static Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{5}; }

    std::map<std::string, test::ScriptedAnswer> answers_;
    std::vector<std::string> asked_;
    test::ManualClock clock_;
    test::ScriptedClient client_{[this](const test::ScriptedRequest& r) { return answer(r); }};
    PusherPresence pusher_{client_, clock_, {.app = kApp, .origin = "http://pusher.test"}};
    AblyPresence ably_{
        client_,
        {.key = {.name = "Zq7abc.kY9xyz", .secret = "secret"}, .origins = {"http://ably.test"}}};

    /// The signed part stands between the path and the signature.
    std::string channels_target() const {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(clock_.now());
        return "/apps/77001/channels?auth_key=relaykey01&auth_timestamp=" +
               std::to_string(seconds.time_since_epoch().count()) +
               "&auth_version=1.0&filter_by_prefix=presence-&info=user_count";
    }
    std::string users_target() const {
        return "/apps/77001/channels/presence-kitchen-" + kBranch + "/users";
    }
    const std::string presence_target_ = "/channels/kitchen%3A" + kBranch + "/presence";
};

TEST_F(HostedPresenceTest, PusherTellsTheUsersOfOurChannels) {
    put("/apps/77001/channels",
        R"({"channels":{"presence-lobby":{"user_count":1},"presence-kitchen-)" + kBranch +
            R"(":{"user_count":2}}})");
    put(users_target(), R"({"users":[{"id":"staff-1"},{"id":"staff-2"}]})");
    const auto listed = pusher_.list(soon());
    ASSERT_TRUE(listed) << listed.error().detail;
    ASSERT_EQ(listed->size(), 1U);
    EXPECT_EQ(listed->front().channel, kKitchen);
    ASSERT_EQ(listed->front().members.size(), 2U);
    EXPECT_EQ(listed->front().members[1].id, "staff-2");
    EXPECT_FALSE(listed->front().members[0].info);
    ASSERT_EQ(asked_.size(), 2U);
    const std::string text =
        "GET\n/apps/77001/channels\n" + channels_target().substr(channels_target().find('?') + 1);
    EXPECT_EQ(
        asked_[0], channels_target() + "&auth_signature=" + hmac_sha256_hex(kApp.secret, text)
    );
}

TEST_F(HostedPresenceTest, WhatPusherDoesNotAnswerIsAnErrorOfTheWhole) {
    EXPECT_EQ(pusher_.list(soon()).error().code, "presence_unavailable");
    put("/apps/77001/channels",
        R"({"channels":{"presence-kitchen-)" + kBranch + R"(":{"user_count":2}}})");
    EXPECT_FALSE(pusher_.list(soon()));
    put(users_target(), R"({"users":[{"id":7}]})");
    EXPECT_FALSE(pusher_.list(soon()));
    put(users_target(), "no JSON");
    EXPECT_FALSE(pusher_.list(soon()));
}

TEST_F(HostedPresenceTest, AblyTellsTheMembersPageByPage) {
    put("/channels?by=id&limit=1000",
        R"(["room:1"])",
        {{"Link",
          "<./channels?by=id&limit=1000>; rel=\"first\", <./channels?cursor=1>; rel=\"next\""}});
    put("/channels?cursor=1", R"(["kitchen:)" + kBranch + R"("])");
    put(presence_target_ + "?limit=1000",
        R"([{"clientId":"staff-1","connectionId":"c1","data":"{\"name\":\"Ana\",\"x\":1}"}])",
        {{"Link", "<./presence?cursor=a>; rel=\"next\""}});
    put(presence_target_ + "?cursor=a", R"([{"clientId":"staff-1","connectionId":"c2"},{}])");
    const auto listed = ably_.list(soon());
    ASSERT_TRUE(listed) << listed.error().detail;
    ASSERT_EQ(listed->size(), 1U);
    const auto& members = listed->front().members;
    ASSERT_EQ(members.size(), 2U);
    EXPECT_EQ(members[0].connection, "c1");
    EXPECT_EQ(members[0].info, R"({"name":"Ana"})");
    EXPECT_EQ(members[1].connection, "c2");
}

TEST_F(HostedPresenceTest, AblyThatRefusesOrGoesInCirclesIsAnErrorOfTheWhole) {
    EXPECT_EQ(ably_.list(soon()).error().code, "presence_unavailable");
    const net::Headers again{{"Link", "<./channels?by=id&limit=1000>; rel=\"next\""}};
    put("/channels?by=id&limit=1000", "[]", again);
    EXPECT_FALSE(ably_.list(soon()));
    EXPECT_LE(asked_.size(), 201U);
}

}  // namespace
}  // namespace orderpush::adapters
