/// Two instances with everything going on at once: sockets that come, join, speak and go however
/// they like, publishers, the HTTP API, and an application that is there and is not. Small under
/// any build, and meant for the sanitizers above all.

#include "protocol/pusher_request.hpp"
#include "protocol/pusher_signature.hpp"
#include "realtime/cluster/cluster_bridge.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_api.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/sockets/websocket_server.hpp"
#include "tests/support/cluster/memory_cluster.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/sequential_ids.hpp"
#include "tests/unit/realtime/sockets/websocket_client.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <latch>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace orderpush::realtime {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::WebSocketClient;

constexpr int kVisitors = 3;
constexpr int kVisits = 25;
constexpr int kStepsMax = 12;
constexpr int kTicks = 400;
constexpr int kRequests = 60;
/// On each shard enough for what they receive to be handed over in one piece.
constexpr std::size_t kListeners = 80;

const HostedApp kDefault{
    .id = "77001",
    .key = "relaykey01",
    .secret = "relay-secret-For-Tests",
    .has_client_events = true};
const HostedApp kOther{
    .id = "88002",
    .key = "otherkey",
    .secret = "another-secret-For-Tests",
    .has_client_events = true};

protocol::PusherApp credentials_of(const HostedApp& app) {
    return {.id = app.id, .key = app.key, .secret = app.secret};
}

template <class Condition>
bool eventually(const Condition& condition) {
    const Deadline deadline = std::chrono::steady_clock::now() + seconds{60};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

/// Nothing of the rates is in the way.
PusherAppOptions limits() {
    return {
        .has_client_events = true,
        .has_subscription_counts = true,
        .client_events_per_second_max = 1'000'000,
        .messages_per_second_max = 1'000'000};
}

/// One instance of the service's realtime part.
class Instance {
  public:
    Instance(orderpush::test::MemoryCluster& cluster, const InstanceId& id) : broker_(cluster, id) {
        hub_.join(bridge_);
        shards_.start();
        broker_.start(bridge_);
        bridge_.keep({}, std::chrono::steady_clock::now());
    }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;
    ~Instance() {
        broker_.stop({});
        shards_.stop();
    }

    WebSocketClient connect(std::size_t shard, const HostedApp& app) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
        const auto upgrade = std::make_shared<Upgrade>();
        upgrade->request = {
            .path = "/app/" + app.key,
            .query = "protocol=7",
            .key = "dGhlIHNhbXBsZSBub25jZQ==",
            .remote_address = "10.0.0.1"};
        upgrade->socket = UniqueFd{ends[0]};
        shards_.post(shard, [this, shard, upgrade] {
            websockets_.accept(shard, std::move(*upgrade));
        });
        return WebSocketClient{UniqueFd{ends[1]}};
    }
    /// Waits until it is handed over.
    void publish(Publication publication) {
        std::promise<bool> done;
        hub_.publish(std::move(publication), [&](bool is_done) { done.set_value(is_done); });
        EXPECT_TRUE(done.get_future().get());
    }
    protocol::HttpResponse ask(
        const HostedApp& app, const char* method, const std::string& path, const std::string& body
    ) {
        const std::string whole = "/apps/" + app.id + path;
        const std::string query =
            protocol::signed_query(credentials_of(app), method, whole, body, clock_.now());
        std::promise<protocol::HttpResponse> answered;
        api_.answer(
            {.method = method, .path = whole, .query = query, .body = body},
            [&](protocol::HttpResponse answer) { answered.set_value(std::move(answer)); }
        );
        return answered.get_future().get();
    }
    void set_further(std::vector<HostedApp> apps) { apps_.set_further(std::move(apps)); }
    /// The channels where somebody is, each with a space behind it.
    std::string occupied() {
        std::promise<std::string> read;
        hub_.list_occupied(
            [](std::string_view) { return true; },
            [&](const std::vector<ChannelState>& states) {
                std::string channels;
                for (const ChannelState& state : states) {
                    channels += state.channel + ':' + std::to_string(state.subscribers) + ',' +
                                std::to_string(state.users) + ' ';
                }
                read.set_value(channels);
            }
        );
        return read.get_future().get();
    }
    /// What of those who came is there still; empty if nothing.
    std::string left() {
        const std::size_t connections = websockets_.connection_count();
        const std::size_t subscriptions = hub_.stats().subscriptions;
        if (connections == 0 && subscriptions == 0) {
            return occupied();
        }
        return std::to_string(connections) + " connections, " + std::to_string(subscriptions) +
               " subscriptions";
    }
    WebSocketServer& websockets() { return websockets_; }

  private:
    orderpush::test::ManualClock clock_;
    IoShards shards_{2};
    Hub hub_{
        shards_,
        {.leave_grace = milliseconds{5},
         .counts_interval = milliseconds{20},
         .rules = kPusherChannelRules}};
    orderpush::test::MemoryBroker broker_;
    ClusterBridge bridge_{hub_, broker_, {.changes_max = 16}};
    AppTable apps_{kDefault, limits()};
    PusherProtocol protocol_{
        {.app = credentials_of(kDefault),
         .is_origin_allowed = [](std::string_view) { return true; },
         .limits = limits(),
         .apps = &apps_}};
    WebSocketServer websockets_{
        shards_,
        hub_,
        {protocol_},
        {.outbound = {.bytes_max = 64 * 1024},
         .has_compression = true,
         .close_timeout = milliseconds{100},
         .sweep_interval = milliseconds{10}}};
    PusherApi api_{hub_, apps_, clock_};
};

/// One connection's client, who does what `random` says.
class Visitor {
  public:
    Visitor(Instance& instance, const HostedApp& app, std::minstd_rand& random)
        : app_(app), random_(random), client_(instance.connect(pick(2), app)) {}

    void visit() {
        if (!arrive()) {
            return;
        }
        for (std::size_t steps = pick(kStepsMax); steps > 0; --steps) {
            step();
        }
        leave();
    }

  private:
    std::size_t pick(std::size_t count) { return random_() % count; }
    /// False if the application is not there, or the server ends.
    bool arrive() {
        if (client_.read_handshake().empty()) {
            return false;
        }
        const json greeting = client_.next_message();
        if (!greeting.is_object() || greeting["event"] != "pusher:connection_established") {
            return false;
        }
        socket_id_ = json::parse(greeting["data"].get<std::string>())["socket_id"];
        return true;
    }
    void step();
    void say(const json& message) { client_.send_text(message.dump()); }
    void subscribe(const std::string& channel, const std::string& channel_data = "") {
        const std::string auth = protocol::sign_pusher_auth(
            credentials_of(app_),
            protocol::channel_string_to_sign(socket_id_, channel, channel_data)
        );
        json data{{"channel", channel}, {"auth", auth}};
        if (!channel_data.empty()) {
            data["channel_data"] = channel_data;
        }
        say({{"event", "pusher:subscribe"}, {"data", data}});
    }
    void sign_in(const std::string& user_data) {
        const std::string auth = protocol::sign_pusher_auth(
            credentials_of(app_), protocol::user_string_to_sign(socket_id_, user_data)
        );
        say({{"event", "pusher:signin"}, {"data", {{"auth", auth}, {"user_data", user_data}}}});
    }
    std::string user() { return "u" + std::to_string(pick(5)); }
    /// Reads all that was said until now; what is numbered comes in order.
    void receive() {
        say({{"event", "pusher:ping"}, {"data", json::object()}});
        for (json message = client_.next_message(); message.is_object();
             message = client_.next_message()) {
            const std::string event = message["event"];
            const std::string channel = message.value("channel", "");
            if (event == "pusher:pong") {
                return;
            }
            if (event == "pusher_internal:subscription_succeeded") {
                heard_.erase(channel);
            } else if (event == "tick") {
                const int number = std::stoi(message["data"].get<std::string>());
                EXPECT_LT(heard_[channel], number) << channel;
                heard_[channel] = number;
            }
        }
    }
    void leave();

    const HostedApp& app_;
    std::minstd_rand& random_;
    WebSocketClient client_;
    std::string socket_id_;
    /// The last number, by channel.
    std::map<std::string, int> heard_;
};

void Visitor::step() {
    switch (pick(9)) {
        case 0:
            return subscribe("news");
        case 1:
            return subscribe("cache-news");
        case 2:
            return subscribe("private-chat");
        case 3:
            return subscribe(
                "presence-room", json{{"user_id", user()}, {"user_info", {{"n", 1}}}}.dump()
            );
        case 4:
            return sign_in(json{{"id", user()}, {"watchlist", {user(), user()}}}.dump());
        case 5:
            return say({{"event", "client-x"}, {"channel", "private-chat"}, {"data", "hello"}});
        case 6:
            return say({{"event", "client-x"}, {"channel", "presence-room"}, {"data", "hello"}});
        case 7:
            return say(
                {{"event", "pusher:unsubscribe"},
                 {"data", {{"channel", pick(2) == 0 ? "news" : "presence-room"}}}}
            );
        default:
            return receive();
    }
}

void Visitor::leave() {
    switch (pick(4)) {
        case 0:
            client_.send_bytes(test::client_frame(0x88, "\x03\xE8"));
            client_.next_close_code();
            break;
        case 1:
            client_.end_sending();
            client_.next_close_code();
            break;
        case 2:
            client_.send_bytes("\x81\x01x");  // not masked
            break;
        default:  // gone, with whatever was not read
            break;
    }
}

/// Who listens from before the first number to the last.
class Listener {
  public:
    Listener(Instance& instance, std::size_t shard) : client_(instance.connect(shard, kDefault)) {
        EXPECT_FALSE(client_.read_handshake().empty());
        EXPECT_EQ(client_.next_message()["event"], "pusher:connection_established");
        client_.send_text(R"({"event":"pusher:subscribe","data":{"channel":"news"}})");
        EXPECT_EQ(client_.next_message()["event"], "pusher_internal:subscription_succeeded");
    }
    void hear_all() {
        for (int number = 1; number <= kTicks;) {
            const json message = client_.next_message();
            ASSERT_TRUE(message.is_object()) << "after " << number - 1;
            if (message["event"] == "tick") {
                ASSERT_EQ(message["data"], std::to_string(number));
                ++number;
            }
        }
    }

  private:
    WebSocketClient client_;
};

class HubStressTest : public testing::Test {
  protected:
    void let_visit(Instance& instance, unsigned seed) {
        std::minstd_rand random{seed};
        for (int i = 0; i < kVisits && !is_over_; ++i) {
            Visitor{instance, random() % 3 == 0 ? kOther : kDefault, random}.visit();
        }
    }
    /// Numbers, on one channel.
    static void tick(Instance& instance, const std::string& channel) {
        for (int i = 1; i <= kTicks; ++i) {
            instance.publish({.channel = channel, .event = "tick", .data = std::to_string(i)});
        }
    }
    static void ask(Instance& instance) {
        for (int i = 0; i < kRequests; ++i) {
            const std::string user = "u" + std::to_string(i % 5);
            const auto terminated =
                instance.ask(kDefault, "POST", "/users/" + user + "/terminate_connections", "{}");
            EXPECT_EQ(terminated.status, 200) << terminated.body;
            EXPECT_EQ(instance.ask(kDefault, "GET", "/channels", "").status, 200);
            EXPECT_EQ(
                instance.ask(kDefault, "GET", "/channels/presence-room/users", "").status, 200
            );
            const auto sent = instance.ask(
                kOther, "POST", "/events", R"({"name":"e","channels":["news"],"data":"{}"})"
            );
            // The application comes and goes.
            EXPECT_TRUE(sent.status == 200 || sent.status == 400)
                << sent.status << ' ' << sent.body;
        }
    }
    static void come_and_go(Instance& instance, const std::atomic<bool>& is_over) {
        for (bool is_there = true; !is_over; is_there = !is_there) {
            instance.set_further(is_there ? std::vector{kOther} : std::vector<HostedApp>{});
            std::this_thread::yield();
        }
    }

    orderpush::test::SequentialIds ids_;
    orderpush::test::MemoryCluster cluster_;
    Instance first_{cluster_, ids_.make<InstanceId>()};
    Instance second_{cluster_, ids_.make<InstanceId>()};
    std::atomic<bool> is_over_{false};
};

TEST_F(HubStressTest, EverybodyComesAndGoesAndNothingStaysBehind) {
    std::jthread apps{[this] { come_and_go(first_, is_over_); }};
    std::vector<std::unique_ptr<Listener>> listeners;
    for (std::size_t i = 0; i < kListeners; ++i) {
        listeners.push_back(std::make_unique<Listener>(i % 4 < 2 ? first_ : second_, i % 2));
    }
    {
        std::vector<std::jthread> threads;
        threads.emplace_back([this] { tick(first_, "news"); });
        threads.emplace_back([this] { tick(second_, "cache-news"); });
        threads.emplace_back([this] { ask(first_); });
        for (unsigned i = 0; i < kVisitors; ++i) {
            threads.emplace_back([this, i] { let_visit(i % 2 == 0 ? first_ : second_, i + 1); });
        }
    }
    is_over_ = true;
    for (const auto& listener : listeners) {
        listener->hear_all();
    }
    listeners.clear();
    EXPECT_TRUE(eventually([&] { return first_.left().empty() && second_.left().empty(); }))
        << first_.left() << " | " << second_.left();
}

TEST_F(HubStressTest, StopsInTheMidstOfIt) {
    std::latch visiting{kVisitors};
    std::vector<std::jthread> threads;
    threads.emplace_back([this] { tick(second_, "news"); });
    for (unsigned i = 0; i < kVisitors; ++i) {
        threads.emplace_back([&, i] {
            visiting.count_down();
            let_visit(first_, i + 1);
        });
    }
    visiting.wait();
    first_.websockets().stop(std::chrono::steady_clock::now() + seconds{60}, milliseconds{50});
    is_over_ = true;
    threads.clear();
    // Who came behind the stop is sent away, and counts until then.
    EXPECT_TRUE(eventually([&] { return first_.websockets().connection_count() == 0; }));
    EXPECT_TRUE(eventually([&] { return first_.left().empty(); })) << first_.left();
}

}  // namespace
}  // namespace orderpush::realtime
