// The plain socket of older kitchen displays: what it says, and how it lives beside the others.

#include "core/orders/order_store.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/kitchen_display/kitchen_display_protocol.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/sockets/websocket_server.hpp"
#include "tests/unit/realtime/sockets/websocket_client.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <future>
#include <thread>

namespace orderpush::realtime {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::WebSocketClient;

constexpr seconds kPatience{20};
const std::string kKitchen = "kitchen:0190a5c0-7b1c-7def-8123-456789abcdef";
const std::string kOtherKitchen = "kitchen:0190a5c0-7b1c-7def-8123-456789abcd00";

const KitchenDisplayProtocol kProtocol{[](auto) { return true; }};

/// What a display gets of an event; null for nothing.
json shown(const std::string& event, const json& payload) {
    const auto frame = kProtocol.encode(ChannelMessage{
        .channel = kKitchen, .serial = 1, .event = event, .data = payload.dump()});
    if (!frame) {
        return nullptr;
    }
    return json::parse(frame->bytes().substr(frame->bytes().find("{\"")));
}

json order(const std::string& status) {
    return {
        {"id", "e1"},
        {"seq", 7},
        {"occurredAt", "2026-11-21T18:30:00.125Z"},
        {"orderId", "o1"},
        {"orderNumber", 12},
        {"status", status},
        {"table", "Terrace - T5"},
        {"itemCount", 1},
    };
}

TEST(KitchenDisplayProtocolTest, SendsANewOrderWithItsItems) {
    json payload = order("pending");
    payload["items"] = {{{"name", "Soup"}, {"quantity", 2}, {"note", "ünïcode <b>"}}};
    EXPECT_EQ(
        shown("order:created", payload),
        (json{
            {"type", "NEW_ORDER"},
            {"orderId", "o1"},
            {"status", "SENT"},
            {"table", "Terrace - T5"},
            {"itemCount", 1},
            {"items", payload["items"]},
            {"timestamp", "2026-11-21T18:30:00.125Z"}})
    );
}

TEST(KitchenDisplayProtocolTest, SendsChangesWithTheItemsThatAreNew) {
    EXPECT_EQ(
        shown("order:status_changed", order("ready")),
        (json{
            {"type", "ORDER_UPDATED"},
            {"orderId", "o1"},
            {"status", "READY"},
            {"table", "Terrace - T5"},
            {"itemCount", 1},
            {"timestamp", "2026-11-21T18:30:00.125Z"}})
    );
    json added = order("preparing");
    added["items"] = {{{"name", "Cake"}}};
    EXPECT_EQ(shown("order:items_added", added)["type"], "ORDER_UPDATED");
    EXPECT_EQ(shown("order:items_added", added)["items"], added["items"]);
    EXPECT_FALSE(shown("order:status_changed", added).contains("items"))
        << "none of them is new";
}

TEST(KitchenDisplayProtocolTest, KnowsThreeStatuses) {
    const std::map<std::string, std::string> words{
        {"pending", "SENT"},
        {"confirmed", "SENT"},
        {"preparing", "SENT"},
        {"ready", "READY"},
        {"served", "COMPLETED"},
        {"completed", "COMPLETED"},
        {"cancelled", "COMPLETED"}};
    for (const auto& [status, word] : words) {
        EXPECT_EQ(shown("order:status_changed", order(status))["status"], word) << status;
    }
}

TEST(KitchenDisplayProtocolTest, LeavesOutWhatACutPayloadLacks) {
    json cut = order("pending");
    cut.erase("table");
    cut["truncated"] = true;
    cut["href"] = "/v1/orders/o1";
    const json message = shown("order:created", cut);
    EXPECT_EQ(message["type"], "NEW_ORDER");
    EXPECT_FALSE(message.contains("items") || message.contains("table"));
}

TEST(KitchenDisplayProtocolTest, SaysNothingOfOtherThings) {
    EXPECT_EQ(shown("order:confirmed", order("confirmed")), nullptr);
    EXPECT_EQ(shown("kitchen:stats_update", {{"pending", 1}}), nullptr);
    EXPECT_EQ(shown("order:created", json::array()), nullptr);
    EXPECT_EQ(shown("order:created", {{"status", "pending"}}), nullptr);
    EXPECT_EQ(shown("order:created", order("unknown")), nullptr);
    json wrong = order("pending");
    wrong["status"] = 5;
    EXPECT_EQ(shown("order:created", wrong), nullptr);
    EXPECT_FALSE(kProtocol.encode(
        kKitchen, MemberChange{.kind = MemberChange::Kind::kAdded, .member = {"staff-1", "{}"}}
    ));
}

/// A server that speaks both protocols.
class KitchenDisplayTest : public testing::Test {
  protected:
    void start(const WebSocketServerOptions& options = {}) {
        websockets_.emplace(shards_, hub_, ProtocolRegistry{pusher_, displays_}, options);
        shards_.start();
    }
    ~KitchenDisplayTest() override { shards_.stop(); }

    WebSocketClient connect(UpgradeRequest request, std::size_t shard = 0) {
        int ends[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        const auto upgrade = std::make_shared<Upgrade>();
        upgrade->request = std::move(request);
        upgrade->request.key = "dGhlIHNhbXBsZSBub25jZQ==";
        upgrade->socket = UniqueFd{ends[0]};
        shards_.post(shard, [this, shard, upgrade] {
            websockets_->accept(shard, std::move(*upgrade));
        });
        WebSocketClient client{UniqueFd{ends[1]}};
        EXPECT_NE(client.read_handshake().find("101"), std::string::npos);
        return client;
    }
    WebSocketClient display(const std::string& kitchen = kKitchen, std::size_t shard = 0) {
        UpgradeRequest request = bare();
        request.pass =
            Pass{.channel = kitchen, .member = {.user_id = "staff-1", .info = R"({"name":"Ana"})"}};
        const std::size_t before =
            memberships(kitchen).empty() ? 0 : memberships(kitchen)[0].connections;
        WebSocketClient client = connect(with_pass(kitchen), shard);
        EXPECT_TRUE(eventually([&] {
            return !memberships(kitchen).empty() &&
                   memberships(kitchen)[0].connections == before + 1;
        }));
        return client;
    }
    static UpgradeRequest bare() {
        return {
            .path = std::string{kKitchenDisplayPath}, .query = "", .key = "", .remote_address = ""};
    }
    static UpgradeRequest with_pass(
        const std::string& kitchen = kKitchen, const std::string& user_id = "staff-1"
    ) {
        UpgradeRequest request = bare();
        request.pass =
            Pass{.channel = kitchen, .member = {.user_id = user_id, .info = R"({"name":"Ana"})"}};
        return request;
    }
    static bool eventually(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        while (!holds() && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
        return holds();
    }
    std::vector<Presence::Membership> memberships(const std::string& channel) {
        std::promise<std::vector<Presence::Membership>> read;
        hub_.read_memberships(channel, [&](auto found) { read.set_value(std::move(found)); });
        return read.get_future().get();
    }
    void publish(const std::string& channel, const std::string& event, const json& payload) {
        std::promise<bool> done;
        hub_.publish({.channel = channel, .event = event, .data = payload.dump()}, [&](bool is_ok) {
            done.set_value(is_ok);
        });
        EXPECT_TRUE(done.get_future().get());
    }

    IoShards shards_{2};
    Hub hub_{shards_, {}};
    PusherProtocol pusher_{
        {.app = {.id = "1", .key = "k", .secret = "s"},
         .is_origin_allowed = [](auto) { return true; }}};
    KitchenDisplayProtocol displays_{
        [](std::string_view origin) { return origin == "https://ok"; }};
    std::optional<WebSocketServer> websockets_;
};

TEST_F(KitchenDisplayTest, GetsTheOrdersOfItsKitchenOnly) {
    start();
    WebSocketClient here = display();
    WebSocketClient there = display(kOtherKitchen, 1);
    publish(kKitchen, "order:created", order("pending"));
    publish(kKitchen, "order:confirmed", order("confirmed"));
    publish(kKitchen, "order:status_changed", order("ready"));
    json elsewhere = order("pending");
    elsewhere["orderId"] = "o2";
    publish(kOtherKitchen, "order:created", elsewhere);
    EXPECT_EQ(here.next_message()["type"], "NEW_ORDER");
    EXPECT_EQ(here.next_message()["status"], "READY");
    EXPECT_EQ(there.next_message()["orderId"], "o2");
}

TEST_F(KitchenDisplayTest, IsAMemberThatPusherClientsSee) {
    start();
    UpgradeRequest app = bare();
    app.path = "/app/k";
    app.query = "protocol=7";
    WebSocketClient pusher = connect(app, 1);
    const std::string socket_id =
        json::parse(pusher.next_message()["data"].get<std::string>())["socket_id"];
    const std::string channel = pusher_name_of(kKitchen);
    const std::string member = R"({"user_id":"staff-2","user_info":{}})";
    const std::string auth = protocol::sign_pusher_auth(
        pusher_.options().app, protocol::channel_string_to_sign(socket_id, channel, member)
    );
    pusher.send_text(json{
        {"event", "pusher:subscribe"},
        {"data", {{"channel", channel}, {"auth", auth}, {"channel_data", member}}}}
                         .dump());
    EXPECT_EQ(pusher.next_message()["event"], "pusher_internal:subscription_succeeded");
    {
        const WebSocketClient killed = connect(with_pass());
        const json added = pusher.next_message();
        EXPECT_EQ(added["event"], "pusher_internal:member_added");
        EXPECT_EQ(
            json::parse(added["data"].get<std::string>()),
            (json{{"user_id", "staff-1"}, {"user_info", {{"name", "Ana"}}}})
        );
    }
    EXPECT_EQ(pusher.next_message()["event"], "pusher_internal:member_removed");
    EXPECT_EQ(memberships(kKitchen).size(), 1U);
}

TEST_F(KitchenDisplayTest, IgnoresWhatClientsSend) {
    start();
    WebSocketClient client = display();
    client.send_text(R"({"type":"PING"})");
    client.send_text("[[[");
    client.send_bytes(test::client_frame(0x89, "hello"));
    EXPECT_EQ(client.next(), 0xA);
    publish(kKitchen, "order:created", order("pending"));
    EXPECT_EQ(client.next_message()["type"], "NEW_ORDER");
    client.send_bytes(test::client_frame(0x82, "binary"));
    EXPECT_EQ(client.next_close_code(), 1003);
}

TEST_F(KitchenDisplayTest, IsPingedWhenSilentAgainAndAgain) {
    start(
        {.activity_timeout = milliseconds{30},
         .pong_timeout = kPatience,
         .sweep_interval = milliseconds{5}}
    );
    WebSocketClient client = display();
    for (const std::string& sign :
         {test::client_frame(0x8A, ""), test::client_text(R"({"type":"PING"})")}) {
        EXPECT_EQ(client.next(), 0x9);
        client.send_bytes(sign);
    }
    EXPECT_EQ(client.next(), 0x9);
}

TEST_F(KitchenDisplayTest, IsClosedWhenItStaysSilent) {
    start(
        {.activity_timeout = milliseconds{30},
         .pong_timeout = milliseconds{30},
         .sweep_interval = milliseconds{5}}
    );
    WebSocketClient client = connect(with_pass());
    EXPECT_EQ(client.next_close_code(), 4201);
    EXPECT_TRUE(eventually([&] { return memberships(kKitchen).empty(); }));
}

TEST_F(KitchenDisplayTest, ClosesThosePagesAndBearersThatMayNotConnect) {
    start();
    WebSocketClient nobody = connect(bare());
    EXPECT_EQ(nobody.next_close_code(), 4009);
    UpgradeRequest request = with_pass();
    request.origin = "https://evil.example";
    WebSocketClient foreign = connect(request);
    EXPECT_EQ(foreign.next_close_code(), 4009);
    EXPECT_TRUE(memberships(kKitchen).empty());
}

TEST_F(KitchenDisplayTest, IsClosedAsFullWhenTheKitchenIs) {
    start();
    std::vector<WebSocketClient> clients;
    for (std::size_t i = 0; i <= kPresenceMembersMax; ++i) {
        clients.push_back(connect(with_pass(kKitchen, "staff-" + std::to_string(i))));
    }
    EXPECT_EQ(clients.back().next_close_code(), 4100);
    EXPECT_EQ(memberships(kKitchen).size(), kPresenceMembersMax);
}

TEST_F(KitchenDisplayTest, StopClosesItToo) {
    start();
    WebSocketClient client = display();
    const std::jthread stopping{
        [&] { websockets_->stop(std::chrono::steady_clock::now() + kPatience); }};
    EXPECT_EQ(client.next_close_code(), 1001);
    client.send_bytes(test::client_frame(0x88, "\x03\xE9"));
}

}  // namespace
}  // namespace orderpush::realtime
