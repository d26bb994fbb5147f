#include "protocol/ably_token.hpp"
#include "tests/unit/realtime/ably/ably_world.hpp"

namespace orderpush::realtime::ably::test {
namespace {

using std::chrono::milliseconds;

/// What the outbox would have.
class Recorded final : public RecordedEvents {
  public:
    void read(RecordedQuery query, Reply reply) override {
        if (error) {
            reply(*error);
            return;
        }
        RecordedPage page{
            .events = {}, .oldest_seq = oldest, .last_seq = last, .up_to = query.after};
        for (std::int64_t seq = std::max(query.after + 1, oldest);
             seq <= last && page.events.size() < static_cast<std::size_t>(query.limit);
             ++seq) {
            page.events.push_back(
                {.seq = seq, .event = "e", .data = data_of(seq), .written_at = ManualClock::kStart}
            );
            page.up_to = seq;
        }
        reply(std::move(page));
    }
    static std::string data_of(std::int64_t seq) {
        return R"({"id":"0190a5c0-7b1c-7def-8123-456789abcdef","seq":)" + std::to_string(seq) + '}';
    }

    std::int64_t oldest = 1;
    std::int64_t last = 0;
    std::optional<Error> error;
};

class AblyResume : public AblyWorld {
  protected:
    AblyResume() : AblyResume(std::make_unique<Recorded>()) {}

    Client resume(const Client& before, const std::string& more = "") {
        return connect("&resume=" + before.key() + more);
    }
    std::vector<std::int64_t> seqs(const Client& client) {
        std::vector<std::int64_t> all;
        for (const std::string& data : client.heard()) {
            all.push_back(Value::parse(data)["seq"]);
        }
        return all;
    }
    void publish_event(std::int64_t seq) {
        hub_.publish({.channel = kKitchen, .event = "e", .data = Recorded::data_of(seq)}, nullptr);
        run();
    }

    std::unique_ptr<Recorded> recorded_;

  private:
    explicit AblyResume(std::unique_ptr<Recorded> recorded)
        : AblyWorld{{.tick = milliseconds{1}}, recorded.get()}, recorded_(std::move(recorded)) {}
};

TEST_F(AblyResume, KeepsTheConnectionUnderANewKey) {
    const Client first = connect();
    lose(first);
    const Client second = resume(first);
    EXPECT_EQ(second.id(), first.id());
    EXPECT_NE(second.key(), first.key());
    EXPECT_FALSE(second.frames()[0].contains("error"));
    lose(second);
    const Client stale = resume(first);
    EXPECT_NE(stale.id(), first.id());
    EXPECT_EQ(stale.error_code(), 80018);
}

TEST_F(AblyResume, TellsWhatCannotBeResumed) {
    for (const char* key : {"aBcDeFgHiJ!k1", "aBcDeFgHiJ!AAAAAAAAAAAAAAAAAAAAAAAAA", ""}) {
        const Client client = connect(std::string{"&recover="} + key);
        EXPECT_EQ(client.error_code(), 80018) << key;
        EXPECT_FALSE(client.connection->closed_with);
    }
}

TEST_F(AblyResume, TakesOverFromATransportThatIsStillThere) {
    const Client first = connect();
    attach(first, "news");
    const Client second = resume(first);
    EXPECT_TRUE(first.connection->closed_with);
    EXPECT_EQ(second.id(), first.id());
    publish_text(second, "news", 0, "a");
    EXPECT_TRUE(first.heard().empty());
    first.protocol_client->leave();
    attach(second, "news");
    publish_text(second, "news", 1, "b");
    EXPECT_EQ(second.heard(), std::vector<std::string>{"b"});
}

TEST_F(AblyResume, ForgetsAClosedConnection) {
    const Client first = connect();
    say(first, {{"action", 7}});
    lose(first);
    EXPECT_EQ(resume(first).error_code(), 80018);
}

TEST_F(AblyResume, SendsWhatWasMissedBeforeWhatIsNew) {
    for (const char* format : {"", "&format=msgpack"}) {
        const Client sender = connect();
        const Client first = connect(format);
        attach(first, "news");
        publish_text(sender, "news", 0, "a");
        const std::string serial = first.last(Action::kMessage)["channelSerial"];
        lose(first);
        publish_text(sender, "news", 1, "b");
        publish_text(sender, "news", 2, "c");
        const Client second = resume(first, format);
        attach(second, "news", {{"channelSerial", serial}});
        const Value attached = second.last(Action::kAttached);
        EXPECT_EQ(attached["flags"].get<int>() & 6, 6);
        EXPECT_EQ(attached["channelSerial"], serial);
        publish_text(sender, "news", 3, "d");
        EXPECT_EQ(second.heard(), (std::vector<std::string>{"b", "c", "d"}));
    }
}

TEST_F(AblyResume, GoesOnFromWhereNothingWasHeardYet) {
    const Client sender = connect();
    const Client first = connect();
    attach(first, "fresh");
    const std::string serial = first.last(Action::kAttached)["channelSerial"];
    lose(first);
    const Client second = resume(first);
    attach(second, "fresh", {{"channelSerial", serial}});
    EXPECT_EQ(second.last(Action::kAttached)["flags"].get<int>() & 6, 4);
    publish_text(sender, "fresh", 0, "a");
    lose(second);
    const Client third = resume(second);
    attach(third, "fresh", {{"channelSerial", serial}});
    EXPECT_EQ(third.heard(), std::vector<std::string>{"a"});
}

TEST_F(AblyResume, SaysWhenContinuityIsLost) {
    const Client client = connect();
    int number = 0;
    for (const char* serial :
         {"01700000000001-000@abcdef01", "", "nonsense", "00000000000012-000@seq"}) {
        attach(client, "lost" + std::to_string(++number), {{"channelSerial", serial}});
        const Value attached = client.last(Action::kAttached);
        EXPECT_EQ(attached["flags"].get<int>() & 6, 0) << serial;
        EXPECT_EQ(attached["error"]["code"], 90003);
    }
}

TEST_F(AblyResume, AnswersAgainWhatWasAnsweredOnALostTransport) {
    const Client first = connect();
    publish_text(first, "news", 0, "a");
    const Value before = first.last(Action::kAck);
    lose(first);
    const Client second = resume(first);
    attach(second, "news", {{"params", {{"rewind", "10"}}}});
    publish_text(second, "news", 0, "a");
    EXPECT_EQ(second.last(Action::kAck), before);
    EXPECT_EQ(second.heard(), std::vector<std::string>{"a"});
}

TEST_F(AblyResume, KeepsMembersWhoComeBack) {
    const Client watcher = connect();
    attach(watcher, "room");
    const Client first = connect("&clientId=ana");
    attach(first, "room");
    present(first, "room", 0, Value::array({{{"action", 2}}}));
    const std::string id = watcher.last(Action::kPresence)["presence"][0]["id"];
    lose(first);
    const Client second = resume(first, "&clientId=ana");
    attach(second, "room");
    present(second, "room", 1, Value::array({{{"action", 2}, {"id", id}}}));
    EXPECT_EQ(watcher.count(Action::kPresence), 1U);
    EXPECT_EQ(second.last(Action::kAck)["msgSerial"], 1);
}

TEST_F(AblyResume, RewindsByCountTimeAndName) {
    const Client sender = connect();
    for (int i = 0; i < 4; ++i) {
        publish_text(sender, "news", i, std::to_string(i));
    }
    const Client client = connect();
    attach(client, "news", {{"params", {{"rewind", "2"}}}});
    EXPECT_EQ(client.heard(), (std::vector<std::string>{"2", "3"}));
    EXPECT_EQ(client.last(Action::kAttached)["params"]["rewind"], "2");
    attach(client, "[?rewind=1m]news");
    EXPECT_EQ(client.heard().size(), 6U);
    EXPECT_EQ(client.last(Action::kMessage)["channel"], "[?rewind=1m]news");
    attach(client, "other", {{"params", {{"rewind", "x"}}}});
    EXPECT_EQ(client.error_code(), 40000);
}

TEST_F(AblyResume, ReadsTheRestaurantsEventsFromTheOutbox) {
    recorded_->last = 12;
    const Client client = connect();
    attach(client, kKitchen, {{"channelSerial", "00000000000009-000@seq"}});
    EXPECT_EQ(client.last(Action::kAttached)["flags"].get<int>() & 6, 6);
    EXPECT_EQ(seqs(client), (std::vector<std::int64_t>{10, 11, 12}));
    publish_event(12);  // recorded before it was published
    publish_event(13);
    EXPECT_EQ(seqs(client), (std::vector<std::int64_t>{10, 11, 12, 13}));
    const Client rewound = connect("&format=msgpack");
    attach(rewound, kKitchen, {{"params", {{"rewind", "2"}}}});
    EXPECT_EQ(seqs(rewound), (std::vector<std::int64_t>{11, 12}));
}

TEST_F(AblyResume, SaysWhenTheOutboxDoesNotReachBack) {
    recorded_->oldest = 5;
    recorded_->last = 12;
    for (const char* serial :
         {"00000000000003-000@seq", "00000000000013-000@seq", "01700000000001-000@abcdef01"}) {
        const Client client = connect();
        attach(client, kKitchen, {{"channelSerial", serial}});
        const Value attached = client.last(Action::kAttached);
        EXPECT_EQ(attached["error"]["code"], 90003) << serial;
        EXPECT_EQ(attached["channelSerial"], "00000000000012-000@seq");
        EXPECT_TRUE(client.heard().empty());
    }
    recorded_->error =
        Error{.kind = ErrorKind::kUnavailable, .code = "unavailable", .message = "-"};
    const Client client = connect();
    attach(client, kKitchen, {{"channelSerial", "00000000000009-000@seq"}});
    EXPECT_EQ(client.frames().back()["action"], 13);
    EXPECT_EQ(client.error_code(), 50003);
}

class AblyTokens : public AblyResume {
  protected:
    Client with_token(
        const std::string& capability,
        std::chrono::seconds lifetime = std::chrono::hours{1},
        const std::string& more = ""
    ) {
        return open("access_token=" + token(capability, lifetime) + more);
    }
    std::string token(const std::string& capability, std::chrono::seconds lifetime) {
        return protocol::ably_jwt(
            *protocol::parse_ably_key(kKey),
            {.client_id = "ana", .capability = capability, .lifetime = lifetime},
            clock_.now()
        );
    }
};

TEST_F(AblyTokens, NarrowAndWidenWhatIsAttached) {
    const Client client = with_token(R"({"news":["subscribe"],"gone":["subscribe"]})");
    EXPECT_EQ(client.frames()[0]["connectionDetails"]["clientId"], "ana");
    attach(client, "news");
    EXPECT_EQ(client.last(Action::kAttached)["flags"], 262'144 + 524'288);
    attach(client, "gone");
    attach(client, "other");
    EXPECT_EQ(client.error_code(), 40160);
    publish_text(client, "news", 0, "a");
    EXPECT_EQ(client.error_code(), 40160);
    say(client,
        {{"action", 17},
         {"auth", {{"accessToken", token(R"({"news":["*"]})", std::chrono::hours{1})}}}});
    const Value connected = client.last(Action::kConnected);
    EXPECT_EQ(connected["connectionId"], client.id());
    EXPECT_EQ(client.frames().back()["action"], 9);
    EXPECT_EQ(client.frames().back()["channel"], "gone");
    publish_text(client, "news", 1, "b");
    EXPECT_EQ(client.heard(), std::vector<std::string>{"b"});
    EXPECT_FALSE(client.connection->closed_with);
}

TEST_F(AblyTokens, OfSomebodyElseEndTheConnection) {
    const Client client = with_token(R"({"*":["*"]})");
    const std::string other = protocol::ably_jwt(
        *protocol::parse_ably_key(kKey),
        {.client_id = "bo", .capability = R"({"*":["*"]})", .lifetime = std::chrono::hours{1}},
        clock_.now()
    );
    say(client, {{"action", 17}, {"auth", {{"accessToken", other}}}});
    EXPECT_EQ(client.error_code(), 40102);
    EXPECT_TRUE(client.connection->closed_with);
}

TEST_F(AblyTokens, AreAskedForAnewAndEnd) {
    const Client client = with_token(R"({"*":["*"]})", std::chrono::seconds{1});
    ASSERT_TRUE(run_until([&] { return client.connection->closed_with.has_value(); }));
    EXPECT_EQ(client.frames().back()["action"], 6);
    EXPECT_EQ(client.error_code(), 40142);
}

TEST_F(AblyTokens, OfAnotherClientDoNotResume) {
    const Client first = connect();
    lose(first);
    const Client thief =
        with_token(R"({"*":["*"]})", std::chrono::hours{1}, "&resume=" + first.key());
    EXPECT_EQ(thief.frames()[0]["action"], 9);
    EXPECT_EQ(thief.error_code(), 40102);
}

}  // namespace
}  // namespace orderpush::realtime::ably::test
