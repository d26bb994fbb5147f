#include "tests/unit/realtime/ably/ably_world.hpp"

namespace orderpush::realtime::ably::test {
namespace {

using std::chrono::milliseconds;

class AblyPresence : public AblyWorld {
  protected:
    AblyPresence() : AblyWorld{{.remain_present = milliseconds{1}, .tick = milliseconds{1}}} {}

    static Value entry(int action, const std::string& client_id, const std::string& data = "") {
        Value value{{"action", action}, {"clientId", client_id}};
        if (!data.empty()) {
            value["data"] = data;
        }
        return value;
    }
    /// "action clientId data" of all that was told of members.
    static std::vector<std::string> told(const Client& client) {
        std::vector<std::string> changes;
        for (const Value& frame : client.frames()) {
            if (frame["action"] == 14) {
                for (const Value& change : frame["presence"]) {
                    changes.push_back(
                        std::to_string(change["action"].get<int>()) + ' ' +
                        change["clientId"].get<std::string>() + ' ' + change.value("data", "")
                    );
                }
            }
        }
        return changes;
    }
    std::vector<std::string> present(const std::string& hub_key) {
        std::vector<std::string> names;
        read_members(hub_, protocol_.members(), hub_key, [&](const auto& members) {
            for (const PresenceMessage& member : members) {
                names.push_back(member.client_id);
            }
        });
        run();
        return names;
    }
    using AblyWorld::present;
};

TEST_F(AblyPresence, TellsWhoEntersBeforeItAnswers) {
    for (const char* format : {"", "&format=msgpack"}) {
        const Client client = connect(format);
        attach(client, "room");
        present(client, "room", 0, Value::array({entry(2, "ana", "here")}));
        const auto& frames = client.frames();
        ASSERT_EQ(frames.size(), 4U);
        EXPECT_EQ(frames[2]["action"], 14);
        EXPECT_EQ(frames[2]["presence"][0]["id"], client.id() + ":0:0");
        EXPECT_EQ(frames[2]["presence"][0]["connectionId"], client.id());
        EXPECT_TRUE(frames[2]["presence"][0]["timestamp"].is_number());
        EXPECT_EQ(frames[3]["action"], 1);
        EXPECT_EQ(frames[3]["res"], Value::parse(R"([{"serials":[]}])"));
        lose(client);
        ASSERT_TRUE(run_until([&] { return present("room").empty(); }));
    }
}

TEST_F(AblyPresence, TellsWhoIsThereToWhoComesLater) {
    const Client first = connect();
    attach(first, "room");
    EXPECT_EQ(first.last(Action::kAttached)["flags"].get<int>() & 1, 0);
    present(first, "room", 0, Value::array({entry(2, "ana", "a"), entry(2, "bo")}));
    const Client later = connect("&format=msgpack");
    attach(later, "room");
    EXPECT_EQ(later.last(Action::kAttached)["flags"].get<int>() & 1, 1);
    const Value sync = later.last(Action::kSync);
    ASSERT_EQ(sync["presence"].size(), 2U);
    EXPECT_EQ(sync["presence"][0]["action"], 1);
    EXPECT_EQ(sync["presence"][0]["data"], "a");
    EXPECT_EQ(sync["presence"][0]["connectionId"], first.id());
    EXPECT_TRUE(sync["presence"][0]["timestamp"].is_number());
    EXPECT_TRUE(sync["channelSerial"].get<std::string>().ends_with(':'));
    say(later, {{"action", 16}, {"channel", "room"}});
    EXPECT_EQ(later.count(Action::kSync), 2U);
}

TEST_F(AblyPresence, PagesWhatIsLarge) {
    const Client first = connect();
    attach(first, "room");
    for (int i = 0; i < 3; ++i) {
        present(
            first, "room", i, Value::array({entry(2, std::to_string(i), std::string(30'000, 'x'))})
        );
    }
    const Client later = connect();
    attach(later, "room");
    EXPECT_EQ(later.count(Action::kSync), 2U);
    EXPECT_TRUE(later.frames()[2]["channelSerial"].get<std::string>().ends_with(":2"));
    EXPECT_EQ(later.last(Action::kSync)["presence"].size(), 1U);
}

TEST_F(AblyPresence, ChangesAndLeavesWithTheLastData) {
    const Client client = connect();
    attach(client, "room");
    present(client, "room", 0, Value::array({entry(2, "ana", "a")}));
    present(client, "room", 1, Value::array({entry(4, "ana", "b")}));
    present(client, "room", 2, Value::array({entry(3, "ana")}));
    present(client, "room", 3, Value::array({entry(3, "ana")}));
    EXPECT_EQ(told(client), (std::vector<std::string>{"2 ana a", "4 ana b", "3 ana b"}));
    EXPECT_EQ(client.count(Action::kAck), 4U);
    EXPECT_TRUE(present("room").empty());
}

TEST_F(AblyPresence, RefusesWhoMayNotBePresent) {
    const Client client = connect("&clientId=ana");
    present(client, "room", 0, Value::array({entry(2, "ana")}));
    EXPECT_EQ(client.error_code(), 90001);
    attach(client, "room");
    present(client, "room", 1, Value::array({entry(2, "bo")}));
    EXPECT_EQ(client.error_code(), 40012);
    present(client, "room", 2, Value::array());
    EXPECT_EQ(client.error_code(), 40000);
    attach(client, "quiet", {{"flags", 262'144}});
    present(client, "quiet", 3, Value::array({entry(2, "ana")}));
    EXPECT_EQ(client.error_code(), 40165);
    const Client anybody = connect();
    attach(anybody, "room");
    present(anybody, "room", 0, Value::array({{{"action", 2}}}));
    EXPECT_EQ(anybody.error_code(), 91000);
}

TEST_F(AblyPresence, IsFullAtItsBound) {
    const Client client = connect();
    attach(client, "room");
    for (std::size_t i = 0; i < kPresenceMembersMax; ++i) {
        present(client, "room", static_cast<int>(i), Value::array({entry(2, std::to_string(i))}));
    }
    present(client, "room", 500, Value::array({entry(2, "one-more"), entry(4, "0", "x")}));
    EXPECT_EQ(client.error_code(), 91003);
    EXPECT_EQ(told(client).size(), kPresenceMembersMax);
    present(client, "room", 501, Value::array({entry(3, "0")}));
    present(client, "room", 502, Value::array({entry(2, "one-more")}));
    EXPECT_EQ(told(client).back(), "2 one-more ");
}

TEST_F(AblyPresence, BoundsWhatMembersSayOfThemselves) {
    const Client client = connect();
    attach(client, "room");
    int serial = 0;
    while (client.error_code() == 0 && serial < 20) {
        present(
            client,
            "room",
            serial,
            Value::array({entry(2, std::to_string(serial), std::string(60'000, 'x'))})
        );
        ++serial;
    }
    EXPECT_EQ(client.error_code(), 91006);
    EXPECT_LT(serial, 12);
}

TEST_F(AblyPresence, LeavesAtOnceWhenDetachedOrClosed) {
    const Client watcher = connect();
    attach(watcher, "room");
    const Client client = connect();
    attach(client, "room");
    present(client, "room", 0, Value::array({entry(2, "ana", "a")}));
    say(client, {{"action", 12}, {"channel", "room"}});
    EXPECT_EQ(told(watcher), (std::vector<std::string>{"2 ana a", "3 ana a"}));
    attach(client, "room");
    present(client, "room", 1, Value::array({entry(2, "ana")}));
    say(client, {{"action", 7}});
    EXPECT_EQ(told(watcher).back(), "3 ana ");
    const Value leave = watcher.last(Action::kPresence)["presence"][0];
    EXPECT_FALSE(leave["id"].get<std::string>().starts_with(client.id()));
}

TEST_F(AblyPresence, LeavesSomeTimeAfterItsSocketWasLost) {
    const Client watcher = connect();
    attach(watcher, "room");
    const Client client = connect();
    attach(client, "room");
    present(client, "room", 0, Value::array({entry(2, "ana")}));
    client.protocol_client->leave();
    EXPECT_EQ(present("room"), std::vector<std::string>{"ana"});
    EXPECT_TRUE(run_until([&] { return told(watcher).size() == 2; }));
    EXPECT_EQ(told(watcher).back(), "3 ana ");
}

TEST_F(AblyPresence, IsOneWithTheMembersOfOtherProtocols) {
    class Display final : public Subscriber {
      public:
        SocketId socket_id() const noexcept override { return {1, 2}; }
        bool has_left() const noexcept override { return false; }
        void on_subscribed(const std::string&, const SubscribeOutcome& outcome) override {
            members = outcome.members;
        }
        FrameSink& sink() noexcept override { return nowhere; }
        std::vector<Member> members;

      private:
        struct Nowhere final : FrameSink {
            void send(const Frame&) override {}
        } nowhere;
    };
    const Client client = connect("&clientId=ana");
    attach(client, kKitchen);
    present(client, kKitchen, 0, Value::array({{{"action", 2}, {"data", R"({"name":"Ana"})"}}}));
    const auto display = std::make_shared<Display>();
    hub_.subscribe(
        0,
        {.channel = kKitchen,
         .subscriber = display,
         .codec = &silent_codec(),
         .member = Member{.user_id = "staff-1", .info = R"({"name":"Bo"})"}}
    );
    run();
    ASSERT_EQ(display->members.size(), 2U);
    EXPECT_EQ(display->members[0].user_id, "ana");
    EXPECT_EQ(display->members[0].info, R"({"name":"Ana"})");
    EXPECT_EQ(told(client).back(), R"(2 staff-1 {"name":"Bo"})");
    const Client later = connect();
    attach(later, kKitchen);
    const Value members = later.last(Action::kSync)["presence"];
    ASSERT_EQ(members.size(), 2U);
    EXPECT_EQ(members[0]["clientId"], "ana");
    EXPECT_EQ(members[1]["clientId"], "staff-1");
    EXPECT_EQ(members[1]["connectionId"], kOtherConnection);
    hub_.unsubscribe(
        0, *display, {.channel = kKitchen, .codec = &silent_codec(), .user_id = "staff-1"}
    );
    run();
    EXPECT_EQ(told(later).back(), "3 staff-1 ");
}

TEST_F(AblyPresence, HearsItsOwnWithoutListeningToOthers) {
    const Client client = connect();
    attach(client, "room", {{"flags", 65'536}});
    present(client, "room", 0, Value::array({entry(2, "ana")}));
    const Client other = connect();
    attach(other, "room");
    present(other, "room", 0, Value::array({entry(2, "bo")}));
    EXPECT_EQ(told(client), std::vector<std::string>{"2 ana "});
}

}  // namespace
}  // namespace orderpush::realtime::ably::test
