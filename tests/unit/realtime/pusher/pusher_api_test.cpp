#include "realtime/pusher/pusher_api.hpp"

#include "base/crypto/crypto.hpp"
#include "protocol/pusher_request.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_watchlist.hpp"
#include "tests/support/manual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <deque>
#include <optional>

namespace orderpush::realtime {
namespace {

using nlohmann::json;
using protocol::HttpResponse;

const HostedApp kDefault{.id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};
const HostedApp kOther{
    .id = "88002",
    .key = "otherkey",
    .secret = "another-secret-For-Tests",
    .event_bytes_max = 20,
    .has_subscription_count = true};
constexpr std::string_view kUuid = "0190a5c0-7b1c-7def-8123-456789abcdef";

/// Writes the data.
class DataCodec final : public ChannelCodec {
  public:
    std::optional<Frame> encode(const ChannelMessage& message) const override {
        return Frame::raw(message.event + '=' + message.data);
    }
    std::optional<Frame> encode(std::string_view, const MemberChange&) const override { return {}; }
};

class Listener final : public Subscriber, public FrameSink {
  public:
    SocketId socket_id() const noexcept override { return {4711, 90125}; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string&, const SubscribeOutcome&) override {}
    FrameSink& sink() noexcept override { return *this; }
    void send(const Frame& frame) override { received.emplace_back(frame.bytes()); }
    void on_terminated() override { is_terminated = true; }

    std::vector<std::string> received;
    bool is_terminated = false;
};

class PusherApiTest : public testing::Test {
  protected:
    PusherApiTest() { apps_.set_further({kOther}); }

    /// Signed by the app.
    HttpResponse ask(
        const HostedApp& app,
        const std::string& method,
        const std::string& path,
        const std::string& body = "",
        protocol::PusherParameters parameters = {}
    ) {
        const protocol::PusherApp signer{app.id, app.key, app.secret};
        auto query = protocol::signed_query(signer, method, path, body, clock_.now());
        if (!parameters.empty()) {
            query = sign(app, method, path, std::move(parameters));
        }
        return send(method, path, query, body);
    }
    HttpResponse post(const std::string& path, const json& body, const HostedApp& app = kDefault) {
        return ask(app, "POST", "/apps/" + app.id + path, body.dump());
    }
    HttpResponse get(
        const std::string& path,
        protocol::PusherParameters parameters = {},
        const HostedApp& app = kDefault
    ) {
        return ask(app, "GET", "/apps/" + app.id + path, "", std::move(parameters));
    }
    HttpResponse send(
        const std::string& method,
        const std::string& path,
        const std::string& query,
        const std::string& body
    ) {
        std::optional<HttpResponse> got;
        asked_->answer(
            {.method = method, .path = path, .query = query, .body = body},
            [&](HttpResponse answer) {
                EXPECT_FALSE(got) << "answered twice";
                got = std::move(answer);
            }
        );
        run();
        return got.value_or(HttpResponse{.status = 0, .body = "no answer"});
    }
    std::string sign(
        const HostedApp& app,
        const std::string& method,
        const std::string& path,
        protocol::PusherParameters parameters
    );
    Listener& listen(const std::string& key, std::optional<std::string> user = {}) {
        auto listener = std::make_shared<Listener>();
        listeners_.push_back(listener);
        Subscription subscription{.channel = key, .subscriber = listener, .codec = &codec_};
        if (user) {
            subscription.member = Member{.user_id = *user, .info = "null"};
        }
        hub_.subscribe(0, std::move(subscription));
        run();
        return *listener;
    }
    void run() {
        shards_.context(0).restart();
        shards_.context(0).poll();
    }

    test::ManualClock clock_;
    DataCodec codec_;
    IoShards shards_{1};
    Hub hub_{shards_, {.rules = kPusherChannelRules}};
    AppTable apps_{kDefault};
    PusherApi api_{hub_, apps_, clock_};
    PusherApi* asked_ = &api_;
    std::deque<std::shared_ptr<Listener>> listeners_;
};

std::string PusherApiTest::sign(
    const HostedApp& app,
    const std::string& method,
    const std::string& path,
    protocol::PusherParameters parameters
) {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch();
    parameters["auth_key"] = app.key;
    parameters["auth_timestamp"] = std::to_string(now.count());
    parameters["auth_version"] = "1.0";
    std::string query;
    for (const auto& [name, value] : parameters) {
        query += name + '=' + value + '&';
    }
    return query + "auth_signature=" +
           hmac_sha256_hex(app.secret, protocol::request_string_to_sign(method, path, parameters));
}

json event(const json& channels, const std::string& data = "1") {
    return {{"name", "tick"}, {"data", data}, {"channels", channels}};
}

TEST_F(PusherApiTest, PublishesOnEveryChannelOnce) {
    Listener& news = listen("news");
    Listener& sports = listen("private-sports");
    const auto answer = post("/events", event({"news", "private-sports", "news"}, "{\"a\":1}"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "{}");
    EXPECT_EQ(news.received, std::vector<std::string>{"tick={\"a\":1}"});
    EXPECT_EQ(sports.received, std::vector<std::string>{"tick={\"a\":1}"});
}

TEST_F(PusherApiTest, TakesOneChannelAsPhpSendsIt) {
    Listener& news = listen("news");
    EXPECT_EQ(post("/events", {{"name", "n"}, {"data", ""}, {"channel", "news"}}).status, 200);
    EXPECT_EQ(news.received, std::vector<std::string>{"n="});
}

TEST_F(PusherApiTest, WritesDataThatIsNoStringAsJson) {
    Listener& news = listen("news");
    json body = event({"news"});
    body["data"] = {{"a", {1, 2}}};
    EXPECT_EQ(post("/events", body).status, 200);
    EXPECT_EQ(news.received, std::vector<std::string>{R"(tick={"a":[1,2]})"});
}

TEST_F(PusherApiTest, LeavesOutTheSocketThatCausedTheEvent) {
    Listener& news = listen("news");
    json body = event({"news"});
    body["socket_id"] = "4711.90125";
    EXPECT_EQ(post("/events", body).status, 200);
    EXPECT_TRUE(news.received.empty());
    for (const char* unknown : {"1.1", "99999999999.99999999999"}) {
        body["socket_id"] = unknown;
        EXPECT_EQ(post("/events", body).status, 200) << unknown;
    }
    EXPECT_EQ(news.received.size(), 2U);
}

TEST_F(PusherApiTest, ShowsCountsWhereAskedAndApplicable) {
    listen("88002/presence-lobby", "u-1");
    listen("88002/presence-lobby", "u-1");
    listen("88002/presence-lobby", "u-2");
    json body = event({"presence-lobby", "news"});
    body["info"] = "user_count,subscription_count,weather";
    EXPECT_EQ(
        json::parse(post("/events", body, kOther).body),
        json::parse(R"({"channels":{"news":{"subscription_count":0},)"
                    R"("presence-lobby":{"subscription_count":3,"user_count":2}}})")
    );
    // The default application has no subscription counts.
    EXPECT_EQ(
        json::parse(post("/events", body).body),
        json::parse(R"({"channels":{"news":{},"presence-lobby":{"user_count":0}}})")
    );
}

TEST_F(PusherApiTest, SendsToAUser) {
    Listener& user = listen("#server-to-user-a/b c");
    EXPECT_EQ(post("/events", event({"#server-to-user-a/b c"})).status, 200);
    EXPECT_EQ(user.received.size(), 1U);
}

struct Fault {
    json body;
    int status;
    std::string text;
};

TEST_F(PusherApiTest, RefusesEventsThatCannotBe) {
    const auto with = [](const std::string& name, const json& value) {
        json body = event({"news"});
        body[name] = value;
        return body;
    };
    const auto without = [](const std::string& name) {
        json body = event({"news"});
        body.erase(name);
        return body;
    };
    const std::vector<Fault> faults{
        {without("name"), 400, "Expected name parameter to be a string"},
        {with("name", 1), 400, "Expected name parameter to be a string"},
        {with("name", ""), 400, "1 to 200 characters"},
        {with("name", std::string(201, 'n')), 400, "1 to 200 characters"},
        {with("name", "pusher:x"), 400, "reserved"},
        {with("name", "pusher_internal:x"), 400, "reserved"},
        {without("data"), 400, "Missing parameter: data"},
        {with("data", std::string(10'241, 'd')),
         413,
         "The data content of this event exceeds the allowed maximum (10240 bytes)"},
        {without("channels"), 400, "Expected channels parameter"},
        {with("channels", json::array()), 400, "Missing channels"},
        {with("channels", {1}), 400, "array of strings"},
        {with("channels", {"no spaces"}), 400, "Invalid channel name: 'no spaces'"},
        {with("channels", {"#other"}), 400, "Invalid channel name"},
        {with("channels", {"#server-to-user-"}), 400, "Invalid channel name"},
        {with("channels", {std::string(201, 'c')}), 400, "Invalid channel name"},
        {with("channels", json::array_t(101, "news")), 400, "more than 100 channels"},
        {with("socket_id", "1.2:private-x"), 400, "Invalid socket_id"},
        {with("socket_id", "1.2\n"), 400, "Invalid socket_id"},
        {with("socket_id", 12), 400, "Invalid socket_id"},
        {with("info", {"user_count"}), 400, "Expected info parameter"},
        {json::array(), 400, "Invalid JSON"},
    };
    for (const Fault& fault : faults) {
        const auto answer = post("/events", fault.body);
        EXPECT_EQ(answer.status, fault.status) << answer.body;
        EXPECT_NE(answer.body.find(fault.text), std::string::npos) << answer.body;
        EXPECT_TRUE(answer.body.ends_with('\n'));
    }
    EXPECT_EQ(post("/events", with("data", std::string(10'240, 'd'))).status, 200);
    EXPECT_EQ(post("/events", with("name", std::string(200, 'n'))).status, 200);
}

TEST_F(PusherApiTest, RefusesBodiesThatAreNotJson) {
    const std::string deep(100'000, '[');
    for (const std::string& body : {std::string{"{"}, std::string{"\xff"}, std::string{}, deep}) {
        EXPECT_EQ(ask(kDefault, "POST", "/apps/77001/events", body).status, 400);
    }
}

TEST_F(PusherApiTest, ReadsNoBodyThatCannotBeGood) {
    const std::string body(2 * 10 * 10'240 + 64 * 1024 + 1, ' ');
    EXPECT_EQ(ask(kDefault, "POST", "/apps/77001/events", body).status, 413);
}

TEST_F(PusherApiTest, PublishesOnTheRestaurantsChannelsForNobody) {
    const std::string name = "presence-kitchen-" + std::string{kUuid};
    Listener& kitchen = listen("kitchen:" + std::string{kUuid});
    const auto answer = post("/events", event({"news", name}));
    EXPECT_EQ(answer.status, 403);
    EXPECT_NE(answer.body.find("reserved"), std::string::npos);
    EXPECT_EQ(
        post(
            "/batch_events", {{"batch", {{{"name", "n"}, {"data", ""}, {"channel", name}}}}}
        ).status,
        403
    );
    // Another application has a channel of that name for itself.
    EXPECT_EQ(post("/events", event({name}), kOther).status, 200);
    EXPECT_TRUE(kitchen.received.empty());
}

TEST_F(PusherApiTest, KeepsApplicationsApart) {
    Listener& ours = listen("news");
    Listener& theirs = listen("88002/news");
    post("/events", event({"news"}), kOther);
    EXPECT_TRUE(ours.received.empty());
    EXPECT_EQ(theirs.received.size(), 1U);
    EXPECT_EQ(json::parse(get("/channels").body), json::parse(R"({"channels":{"news":{}}})"));
    EXPECT_EQ(
        post("/events", event({"news"}, std::string(21, 'd')), kOther).status, 413
    );  // a limit of its own
}

TEST_F(PusherApiTest, PublishesABatchInOrder) {
    Listener& news = listen("news");
    const json item{{"name", "a"}, {"data", "1"}, {"channel", "news"}};
    json second = item;
    second["data"] = "2";
    EXPECT_EQ(post("/batch_events", {{"batch", {item, second}}}).body, "{}");
    EXPECT_EQ(news.received, (std::vector<std::string>{"a=1", "a=2"}));
}

TEST_F(PusherApiTest, ShowsCountsItemByItem) {
    listen("presence-lobby", "u-1");
    const json plain{{"name", "a"}, {"data", "1"}, {"channel", "news"}};
    const json asking{
        {"name", "a"}, {"data", "1"}, {"channel", "presence-lobby"}, {"info", "user_count"}};
    EXPECT_EQ(
        json::parse(post("/batch_events", {{"batch", {plain, asking}}}).body),
        json::parse(R"({"batch":[{},{"user_count":1}]})")
    );
}

TEST_F(PusherApiTest, PublishesNothingOfABatchWithAFault) {
    Listener& news = listen("news");
    const json good{{"name", "a"}, {"data", "1"}, {"channel", "news"}};
    json bad = good;
    bad["channel"] = "no spaces";
    EXPECT_EQ(post("/batch_events", {{"batch", {good, bad}}}).status, 400);
    const auto many = post("/batch_events", {{"batch", json::array_t(11, good)}});
    EXPECT_EQ(many.status, 400);
    EXPECT_NE(many.body.find("Batch too large"), std::string::npos);
    json large = good;
    large["data"] = std::string(10'241, 'd');
    EXPECT_EQ(post("/batch_events", {{"batch", {good, large}}}).status, 413);
    EXPECT_EQ(post("/batch_events", {{"batch", json::array()}}).status, 400);
    EXPECT_EQ(post("/batch_events", json::object()).status, 400);
    EXPECT_EQ(post("/batch_events", {{"batch", {1}}}).status, 400);
    EXPECT_TRUE(news.received.empty());
    EXPECT_EQ(post("/batch_events", {{"batch", json::array_t(10, good)}}).status, 200);
}

TEST_F(PusherApiTest, ListsOccupiedChannels) {
    EXPECT_EQ(get("/channels").body, R"({"channels":{}})");
    listen("news");
    listen("presence-lobby", "u-1");
    listen("kitchen:" + std::string{kUuid}, "staff-1");
    listen("#server-to-user-1");
    post("/events", event({"vacant"}));
    const std::string kitchen = "presence-kitchen-" + std::string{kUuid};
    EXPECT_EQ(
        json::parse(get("/channels").body)["channels"],
        json(
            {{"news", json::object()},
             {"presence-lobby", json::object()},
             {kitchen, json::object()}}
        )
    );
    EXPECT_EQ(
        json::parse(get("/channels", {{"filter_by_prefix", "presence-"}, {"info", "user_count"}}
        ).body)["channels"],
        json({{"presence-lobby", {{"user_count", 1}}}, {kitchen, {{"user_count", 1}}}})
    );
    EXPECT_EQ(get("/channels", {{"info", "user_count"}}).status, 400);
    EXPECT_EQ(
        get("/channels", {{"filter_by_prefix", "presence"}, {"info", "user_count"}}).status, 400
    );
}

TEST_F(PusherApiTest, ShowsOneChannel) {
    EXPECT_EQ(get("/channels/news").body, R"({"occupied":false})");
    listen("presence-lobby", "u-1");
    EXPECT_EQ(
        json::parse(get("/channels/presence-lobby", {{"info", "user_count"}}).body),
        json({{"occupied", true}, {"user_count", 1}})
    );
    EXPECT_EQ(
        json::parse(
            get("/channels/presence-x", {{"info", "user_count,subscription_count"}}, kOther).body
        ),
        json({{"occupied", false}, {"user_count", 0}, {"subscription_count", 0}})
    );
    EXPECT_EQ(get("/channels/news", {{"info", "user_count"}}).status, 400);
    EXPECT_EQ(get("/channels/news", {{"info", "subscription_count"}}).status, 400);
    EXPECT_EQ(get("/channels/news", {{"info", "cache"}}).status, 400);
    EXPECT_EQ(get("/channels/no%20spaces").status, 400);
    EXPECT_EQ(get("/channels/a%3Bb").status, 200);
}

TEST_F(PusherApiTest, ShowsWhatACacheChannelKeeps) {
    const auto cached = [this] {
        return json::parse(get("/channels/cache-x", {{"info", "cache"}}).body)["cache"];
    };
    EXPECT_TRUE(cached().is_null());
    post("/events", event({"cache-x"}, "{\"v\":1}"));
    EXPECT_EQ(cached(), json({{"data", "{\"v\":1}"}, {"ttl", 1799}}));
}

TEST_F(PusherApiTest, ListsTheUsersOfAPresenceChannel) {
    listen("presence-lobby", "u-42");
    listen("presence-lobby", "u-42");
    listen("presence-lobby", "u-7");
    EXPECT_EQ(
        get("/channels/presence-lobby/users").body, R"({"users":[{"id":"u-42"},{"id":"u-7"}]})"
    );
    EXPECT_EQ(get("/channels/presence-x/users").body, R"({"users":[]})");
    EXPECT_EQ(get("/channels/news/users").status, 400);
    EXPECT_EQ(
        get("/channels/presence-lobby/users", {{"info", "x"}}).body,
        "The following query string parameters are extraneous: info\n"
    );
}

TEST_F(PusherApiTest, TerminatesAUsersConnections) {
    Listener& first = listen(online_channel_of("", "u 42"));
    Listener& other = listen(online_channel_of("88002/", "u 42"));
    const std::string path = "/users/u%2042/terminate_connections";
    EXPECT_EQ(post(path, json::object()).body, "{}");
    EXPECT_TRUE(first.is_terminated);
    EXPECT_FALSE(other.is_terminated);
    // The Python SDK leaves the application out, which the key names.
    EXPECT_EQ(ask(kOther, "POST", path, "").body, "{}");
    EXPECT_TRUE(other.is_terminated);
    EXPECT_EQ(post("/users/nobody/terminate_connections", json::object()).status, 200);
}

TEST_F(PusherApiTest, RefusesWhomItDoesNotKnow) {
    const std::string body = event({"news"}).dump();
    const auto status_and_text = [&](const std::string& path, const std::string& query) {
        const auto answer = send("POST", path, query, body);
        return std::to_string(answer.status) + ' ' + answer.body;
    };
    EXPECT_EQ(status_and_text("/apps/77001/events", ""), "401 Missing parameter: auth_key\n");
    EXPECT_EQ(status_and_text("/apps/77001/events", "auth_key=x"), "400 Unknown auth_key\n");
    EXPECT_EQ(
        status_and_text("/apps/77001/events", "auth_key=relaykey01"), "401 Version required\n"
    );
    EXPECT_EQ(
        status_and_text("/apps/88002/events", "auth_key=relaykey01"),
        "401 The auth_key is not one of app 88002\n"
    );
    EXPECT_EQ(
        status_and_text("/apps/77001/events", "a=%"),
        "400 The query is not valid percent-encoding\n"
    );
    EXPECT_EQ(status_and_text("/apps/77001", ""), "404 404 NOT FOUND\n");
    EXPECT_EQ(ask(kDefault, "POST", "/apps/77001/nothing", "{}").status, 404);
    EXPECT_EQ(ask(kDefault, "GET", "/apps/77001/events").status, 404);
    EXPECT_EQ(ask(kDefault, "GET", "/apps/77001/channelsx").status, 404);
    EXPECT_EQ(ask(kDefault, "GET", "/apps/77001/channels/a/b").status, 404);
    EXPECT_EQ(ask(kDefault, "POST", "/apps/77001/users//terminate_connections", "{}").status, 404);
}

TEST_F(PusherApiTest, AnswersBehindAProxysPrefixHoweverItWasSigned) {
    const std::string prefix = "/realtime";
    PusherApi behind_proxy{hub_, apps_, clock_, prefix};
    asked_ = &behind_proxy;
    const std::string path = "/apps/77001/channels";
    for (const std::string& wire : {path, prefix + path}) {
        const auto status = [&](const std::string& as_signed) {
            return send("GET", wire, sign(kDefault, "GET", as_signed, {}), "").status;
        };
        EXPECT_EQ(status(path), 200);
        EXPECT_EQ(status(prefix + path), 200);
        EXPECT_EQ(status("/elsewhere" + path), 401);
    }
}

TEST_F(PusherApiTest, RefusesASignatureThatIsTooOld) {
    const std::string path = "/apps/77001/channels";
    const std::string query = sign(kDefault, "GET", path, {});
    clock_.advance(std::chrono::seconds{599});
    EXPECT_EQ(send("GET", path, query, "").status, 200);
    clock_.advance(std::chrono::seconds{1});
    EXPECT_EQ(send("GET", path, query, "").status, 401);
}

TEST_F(PusherApiTest, SaysSoWhenTheHubTakesNoMore) {
    shards_.stop();
    std::optional<HttpResponse> refusal;
    const std::string body = event({"news"}).dump();
    const protocol::PusherApp app{kDefault.id, kDefault.key, kDefault.secret};
    const auto query =
        protocol::signed_query(app, "POST", "/apps/77001/events", body, clock_.now());
    api_.answer(
        {.method = "POST", .path = "/apps/77001/events", .query = query, .body = body},
        [&](HttpResponse response) { refusal = std::move(response); }
    );
    ASSERT_EQ(refusal.value().status, 503);
    EXPECT_EQ(refusal->content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(refusal->headers, (protocol::HttpHeaders{{"Retry-After", "1"}}));
}

}  // namespace
}  // namespace orderpush::realtime
