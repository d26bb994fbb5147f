// What anonymous connections cannot take from those who were let in by a signature.

#include "tests/unit/realtime/pusher/pusher_world.hpp"

namespace orderpush::realtime {
namespace {

using test::Client;
using test::json;
using test::kId;

class ChannelBoundsTest : public test::PusherWorld {
  protected:
    ChannelBoundsTest() : PusherWorld({}, {.channels_max = 64, .unsigned_channels_max = 8}) {}

    bool is_subscribed(Client& client, const std::string& channel, const std::string& data = "") {
        subscribe(client, channel, data);
        return client.last()["event"] == "pusher_internal:subscription_succeeded";
    }
    /// As many anonymous connections as it takes.
    void fill() {
        for (int socket = 0; socket < 4; ++socket) {
            crowd_.push_back(connect());
            for (int i = 0; i < 40; ++i) {
                const std::string name = "menu-made-up-" + std::to_string(socket * 40 + i);
                refused_ += is_subscribed(crowd_.back(), name) ? 0 : 1;
            }
        }
    }

    std::vector<Client> crowd_;
    int refused_ = 0;
};

TEST_F(ChannelBoundsTest, WhatIsSignedOpensWhenAnonymousConnectionsFilledWhatTheyMay) {
    fill();
    EXPECT_EQ(refused_, 4 * 40 - 8);
    EXPECT_EQ(
        crowd_.back().error(),
        "Cannot subscribe to menu-made-up-159: the application has reached its limit of channels "
        "without a signature"
    );
    Client cook = connect();
    const std::string kitchen = "presence-kitchen-" + std::string{kId};
    EXPECT_TRUE(is_subscribed(cook, kitchen, R"({"user_id":"cook"})")) << cook.last();
    Client guest = connect();
    const auto session = *parse_id<SessionId>(kId);
    subscribe_as_guest(
        guest, "presence-session-" + std::string{kId}, session, R"({"user_id":"guest"})"
    );
    EXPECT_EQ(guest.last()["event"], "pusher_internal:subscription_succeeded") << guest.last();
    // Its public channels are counted apart from those of who has shown nothing.
    EXPECT_TRUE(is_subscribed(guest, "menu-" + std::string{kId})) << guest.last();
    EXPECT_TRUE(is_subscribed(cook, "private-own")) << cook.last();
    Client late = connect();
    EXPECT_TRUE(is_subscribed(late, "menu-made-up-3")) << "what is open is open to everybody";
}

TEST_F(ChannelBoundsTest, WhoSharedAQrCodeCannotFillTheServerEither) {
    const auto session = *parse_id<SessionId>(kId);
    const std::string channel = "presence-session-" + std::string{kId};
    for (int socket = 0; socket < 4; ++socket) {
        crowd_.push_back(connect());
        subscribe_as_guest(crowd_.back(), channel, session, R"({"user_id":"guest"})");
        for (int i = 0; i < 40; ++i) {
            subscribe(crowd_.back(), "public-" + std::to_string(socket * 40 + i));
        }
    }
    EXPECT_EQ(
        crowd_.back().error(),
        "Cannot subscribe to public-159: the application has reached its limit of channels without "
        "a signature"
    );
    Client cook = connect();
    EXPECT_TRUE(is_subscribed(cook, "presence-kitchen-" + std::string{kId}, R"({"user_id":"c"})"));
}

TEST_F(ChannelBoundsTest, GuestsOfOneTableLeaveRoomForTheWaiter) {
    const auto session = *parse_id<SessionId>(kId);
    const std::string channel = "presence-session-" + std::string{kId};
    for (std::size_t i = 0; i <= kPresenceMembersMax; ++i) {
        crowd_.push_back(connect());
        subscribe_as_guest(
            crowd_.back(), channel, session, R"({"user_id":"guest-)" + std::to_string(i) + "\"}"
        );
    }
    EXPECT_EQ(
        crowd_.back().error(),
        "Cannot subscribe to " + channel + ": it has reached the limit of 50 guests"
    );
    Client waiter = connect();
    EXPECT_TRUE(is_subscribed(waiter, channel, R"({"user_id":"staff-w"})")) << waiter.last();
    EXPECT_EQ(waiter.last_data()["presence"]["count"], kPresenceGuestsMax + 1);
}

TEST_F(ChannelBoundsTest, OneGuestHasSoManyConnections) {
    const auto session = *parse_id<SessionId>(kId);
    const std::string channel = "presence-session-" + std::string{kId};
    for (std::size_t i = 0; i <= kGuestConnectionsMax; ++i) {
        crowd_.push_back(connect());
        subscribe_as_guest(crowd_.back(), channel, session, R"({"user_id":"guest-a"})");
    }
    EXPECT_EQ(
        crowd_.back().error(),
        "Cannot subscribe to " + channel + ": this guest has reached the limit of 20 connections"
    );
}

}  // namespace
}  // namespace orderpush::realtime
