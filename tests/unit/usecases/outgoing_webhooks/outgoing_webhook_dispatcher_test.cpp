#include "usecases/outgoing_webhooks/outgoing_webhook_dispatcher.hpp"

#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_outgoing_webhook_store.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace orderpush::usecases {
namespace {

using Json = nlohmann::json;
using Kind = ChannelEventKind;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Keeps what it is given, and answers as it is set up.
class FakeSender final : public OutgoingWebhookSender {
  public:
    Result<WebhookAnswer> send(const OutgoingWebhookRequest& mail) override {
        mails.push_back(mail);
        return answer(mail);
    }
    std::vector<OutgoingWebhookRequest> mails;
    std::function<Result<WebhookAnswer>(const OutgoingWebhookRequest& mail)> answer =
        [](const OutgoingWebhookRequest&) { return WebhookAnswer{.status = 200, .excerpt = "ok"}; };
};

Result<WebhookAnswer> with_status(int status) {
    return WebhookAnswer{.status = status, .excerpt = "no"};
}

class OutgoingWebhookDispatcherTest : public testing::Test {
  protected:
    OutgoingWebhookDispatcherTest() { EXPECT_TRUE(dispatcher.run_maintenance()); }

    void happen(const std::string& channel, Kind kind = Kind::kCacheMiss) {
        const ChannelEvent event{
            .id = ids.make<ChannelEventId>(),
            .app_id = "7",
            .channel = channel,
            .kind = kind,
            .at = clock.now()};
        ASSERT_TRUE(store.record(instance, {&event, 1}, clock.now()));
        clock.advance(milliseconds{200});
    }
    /// Serves until nothing is due.
    void serve() {
        while (true) {
            const auto served = dispatcher.serve_one();
            ASSERT_TRUE(served) << served.error().code;
            if (!*served) {
                return;
            }
        }
    }
    std::string channel_of(const OutgoingWebhookRequest& mail) {
        return Json::parse(mail.body).at("events").at(0).at("channel");
    }
    WebhookEndpoint endpoint() { return store.endpoints({}).value().front(); }

    test::ManualClock clock;
    test::SequentialIds ids;
    test::MemoryDatabase database;
    test::MemoryOutgoingWebhookStore store{database};
    FakeSender sender;
    std::vector<std::string> configured{"https://shop.example/hooks?a=b"};
    OutgoingWebhookTargets targets{[this] {
        return std::vector<WebhookApp>{
            {.id = "7", .key = "key", .secret = "secret", .targets = configured}};
    }};
    OutgoingWebhookDispatcher dispatcher{store, sender, targets, ids, clock, {}};
    WebhookInstanceId instance = ids.make<WebhookInstanceId>();
};

TEST_F(OutgoingWebhookDispatcherTest, GathersWhatHappenedIntoOneBodyAsPusherHasIt) {
    const ChannelEvent typed{
        .id = ids.make<ChannelEventId>(),
        .app_id = "7",
        .channel = "presence-lobby",
        .kind = Kind::kClientEvent,
        .user_id = "u-42",
        .event = "client-typing",
        .data = R"({"on":true})",
        .socket_id = "4711.90125",
        .at = clock.now()};
    ChannelEvent counted = typed;
    counted = {
        .id = ids.make<ChannelEventId>(),
        .app_id = "7",
        .channel = "lobby",
        .kind = Kind::kSubscriptionCount,
        .subscribers = 3,
        .at = clock.now()};
    const std::vector<ChannelEvent> events{typed, counted};
    ASSERT_TRUE(store.record(instance, events, clock.now()));
    EXPECT_FALSE(dispatcher.serve_one().value()) << "not within the window";
    clock.advance(milliseconds{200});
    serve();
    ASSERT_EQ(sender.mails.size(), 1U);
    const OutgoingWebhookRequest& mail = sender.mails[0];
    EXPECT_EQ(mail.url, "https://shop.example/hooks?a=b");
    EXPECT_EQ(mail.key, "key");
    EXPECT_EQ(mail.secret, "secret");
    EXPECT_TRUE(mail.body.starts_with(R"({"time_ms":)"));
    const Json body = Json::parse(mail.body);
    EXPECT_EQ(body.at("time_ms"), clock.now().time_since_epoch().count());
    const auto sequence = store.read_events("7", 0, 1).value().front().sequence;
    EXPECT_EQ(
        body.at("events").at(0),
        (Json{
            {"name", "client_event"},
            {"channel", "presence-lobby"},
            {"event", "client-typing"},
            {"data", R"({"on":true})"},
            {"socket_id", "4711.90125"},
            {"user_id", "u-42"},
            {"id", to_string(typed.id)},
            {"sequence", sequence}})
    );
    EXPECT_EQ(body.at("events").at(1).at("subscription_count"), 3);
    const auto listed = store.list({}).value();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].state, WebhookState::kDelivered);
    EXPECT_EQ(listed[0].attempts.at(0).status, 200);
}

TEST_F(OutgoingWebhookDispatcherTest, ARetryIsTheSameToTheByteAndComesLaterAndLater) {
    sender.answer = [](const OutgoingWebhookRequest&) { return with_status(503); };
    happen("a");
    serve();
    ASSERT_EQ(sender.mails.size(), 1U);
    EXPECT_EQ(endpoint().failures, 1);
    for (int i = 0; i < 4; ++i) {
        clock.advance(minutes{10});
        serve();
    }
    ASSERT_EQ(sender.mails.size(), 5U);
    for (const OutgoingWebhookRequest& mail : sender.mails) {
        EXPECT_EQ(mail.body, sender.mails[0].body);
        EXPECT_EQ(mail.id, sender.mails[0].id);
    }
    EXPECT_NE(sender.mails[1].sent_at, sender.mails[0].sent_at);
}

TEST_F(OutgoingWebhookDispatcherTest, WhileAnEndpointFailsEverythingWaitsInOrder) {
    sender.answer = [](const OutgoingWebhookRequest&) { return with_status(500); };
    happen("a");
    serve();
    happen("b");
    serve();
    clock.advance(minutes{10});
    sender.answer = [](const OutgoingWebhookRequest&) { return with_status(204); };
    sender.mails.clear();
    serve();
    ASSERT_EQ(sender.mails.size(), 2U);
    EXPECT_EQ(channel_of(sender.mails[0]), "a");
    EXPECT_EQ(channel_of(sender.mails[1]), "b");
    EXPECT_EQ(endpoint().failures, 0);
}

TEST_F(OutgoingWebhookDispatcherTest, OneThatIsNeverTakenDoesNotHoldUpTheOthersForGood) {
    sender.answer = [this](const OutgoingWebhookRequest& mail) {
        return with_status(channel_of(mail) == "poison" ? 500 : 200);
    };
    happen("poison");
    serve();
    happen("b");
    for (int i = 0; i < 12; ++i) {
        serve();
        clock.advance(minutes{10});
    }
    happen("c");
    serve();
    EXPECT_EQ(store.list({.state = WebhookState::kDelivered}).value().size(), 2U);
    EXPECT_EQ(store.list({.state = WebhookState::kPending}).value().size(), 1U);
    EXPECT_EQ(endpoint().failures, 0);
}

TEST_F(OutgoingWebhookDispatcherTest, HonoursRetryAfter) {
    sender.answer = [](const OutgoingWebhookRequest&) -> Result<WebhookAnswer> {
        return WebhookAnswer{.status = 429, .excerpt = "", .retry_after = minutes{30}};
    };
    happen("a");
    serve();
    clock.advance(minutes{29});
    serve();
    EXPECT_EQ(sender.mails.size(), 1U);
    clock.advance(minutes{1});
    serve();
    EXPECT_EQ(sender.mails.size(), 2U);
}

TEST_F(OutgoingWebhookDispatcherTest, A410DisablesTheEndpointAtOnce) {
    sender.answer = [](const OutgoingWebhookRequest&) { return with_status(410); };
    happen("a");
    serve();
    EXPECT_EQ(endpoint().disabled_reason, "gone");
    clock.advance(hours{1});
    serve();
    EXPECT_EQ(sender.mails.size(), 1U);
    sender.answer = [](const OutgoingWebhookRequest&) { return with_status(200); };
    ASSERT_TRUE(store.enable(endpoint().id, std::nullopt, {}));
    serve();
    EXPECT_EQ(sender.mails.size(), 2U);
    EXPECT_EQ(store.list({.state = WebhookState::kDelivered}).value().size(), 1U);
}

TEST_F(OutgoingWebhookDispatcherTest, LastingFailureDisablesTheEndpointAndWhatIsTooOldIsGivenUp) {
    sender.answer = [](const OutgoingWebhookRequest&) -> Result<WebhookAnswer> {
        return Error{.kind = ErrorKind::kTimeout, .code = "timed_out", .message = ""};
    };
    happen("a");
    for (int i = 0; i < 26 && !endpoint().disabled_reason; ++i) {
        serve();
        happen("more");
        clock.advance(hours{1});
    }
    EXPECT_EQ(endpoint().disabled_reason, "failing: timed_out");
    clock.advance(hours{1});
    ASSERT_TRUE(dispatcher.run_maintenance());
    EXPECT_FALSE(store.list({.state = WebhookState::kExpired}).value().empty());
}

TEST_F(OutgoingWebhookDispatcherTest, TellsEachEndpointWhatItWants) {
    configured = {"https://a.example/#events=channel_occupied", "https://b.example/#channels=b"};
    ASSERT_TRUE(dispatcher.run_maintenance());
    happen("a", Kind::kOccupied);
    happen("b");
    serve();
    ASSERT_EQ(sender.mails.size(), 2U);
    EXPECT_EQ(sender.mails[0].url, "https://a.example/");
    EXPECT_EQ(channel_of(sender.mails[0]), "a");
    EXPECT_EQ(channel_of(sender.mails[1]), "b");
}

TEST_F(OutgoingWebhookDispatcherTest, PutsAHundredEventsIntoAWebhook) {
    std::vector<ChannelEvent> events;
    for (int i = 0; i < 250; ++i) {
        events.push_back(
            {.id = ids.make<ChannelEventId>(),
             .app_id = "7",
             .channel = "room",
             .kind = Kind::kCacheMiss,
             .at = clock.now()}
        );
    }
    ASSERT_TRUE(store.record(instance, events, clock.now()));
    clock.advance(milliseconds{200});
    serve();
    ASSERT_EQ(sender.mails.size(), 3U);
    EXPECT_EQ(Json::parse(sender.mails[0].body).at("events").size(), 100U);
    EXPECT_EQ(Json::parse(sender.mails[2].body).at("events").size(), 50U);
}

TEST(OutgoingWebhookTarget, IsAnAddressWithFilters) {
    const auto target =
        parse_webhook_target("https://a.example/x?y#events=cache_miss,client_event&channels=p-");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->url, "https://a.example/x?y");
    EXPECT_EQ(target->kinds, (std::vector{Kind::kCacheMiss, Kind::kClientEvent}));
    EXPECT_EQ(target->channel_prefix, "p-");
    EXPECT_EQ(shown_url(*target), "https://a.example/x");
    for (const char* const text :
         {"",
          "ftp://a.example/",
          "https://",
          "https://user:pw@a.example/",
          "https://a.example/ b",
          "https://a.example/#events=",
          "https://a.example/#events=order_created",
          "https://a.example/#colour=red",
          "https://a.example/#channels=",
          "https://a.example/#channels=a&channels=b"}) {
        const auto bad = parse_webhook_target(text);
        ASSERT_FALSE(bad) << text;
        EXPECT_EQ(bad.error().code, "webhook_target_invalid");
    }
}

class RestaurantsWebhookTest : public OutgoingWebhookDispatcherTest {
  protected:
    RestaurantsWebhookTest() {
        own = store
                  .put(
                      {.id = ids.make<WebhookEndpointId>(),
                       .restaurant = ids.make<RestaurantId>(),
                       .url = "https://own.example/",
                       .sealed_secret = "sealed:own",
                       .at = clock.now()}
                  )
                  .value();
        const NewWebhook webhook{
            .id = ids.make<OutgoingWebhookId>(),
            .endpoint = own.id,
            .body = R"({"type":"order.unseen"})",
            .event_count = 1,
            .at = clock.now(),
            .expires_at = clock.now() + hours{24}};
        EXPECT_TRUE(store.advance(own.id, 0, 0, webhook));
    }
    OutgoingWebhookDispatcher with_secrets{
        store,
        sender,
        targets,
        ids,
        clock,
        {.open_secret = [](std::string_view sealed) -> std::optional<std::string> {
            return "opened " + std::string{sealed};
        }}};
    WebhookEndpoint own;
};

TEST_F(RestaurantsWebhookTest, IsSignedWithItsOwnSecretAlone) {
    ASSERT_TRUE(with_secrets.serve_one().value());
    ASSERT_EQ(sender.mails.size(), 1U);
    EXPECT_EQ(sender.mails[0].url, "https://own.example/");
    EXPECT_EQ(sender.mails[0].key, "");
    EXPECT_EQ(sender.mails[0].secret, "opened sealed:own");
    EXPECT_EQ(sender.mails[0].body, R"({"type":"order.unseen"})");
    EXPECT_EQ(store.list({.reader = own.restaurant}).value().at(0).state, WebhookState::kDelivered);
}

TEST_F(RestaurantsWebhookTest, ASecretThatCannotBeOpenedIsAFailedAttempt) {
    ASSERT_TRUE(dispatcher.serve_one().value());
    EXPECT_TRUE(sender.mails.empty());
    const auto listed = store.list({.reader = own.restaurant}).value().at(0);
    EXPECT_EQ(listed.state, WebhookState::kPending);
    EXPECT_EQ(listed.attempts.at(0).reason, "secret_unreadable");
    EXPECT_FALSE(dispatcher.serve_one().value()) << "it waits for its next attempt";
}

}  // namespace
}  // namespace orderpush::usecases
