#include "base/clock.hpp"
#include "protocol/pusher_request.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_api.hpp"
#include "tests/unit/realtime/pusher/pusher_world.hpp"

/// What becomes of an application's connections when the application changes.
namespace orderpush::realtime {
namespace {

using nlohmann::json;
using test::Client;
using test::RecordingConnection;

const HostedApp kDefault{.id = "1", .key = "default-key", .secret = "s"};

HostedApp second() {
    return {
        .id = "2",
        .key = "second-key",
        .secret = "another-secret",
        .has_client_events = true,
        .subscriptions_max = 2};
}

class AppPermissionsTest : public testing::Test {
  protected:
    AppPermissionsTest() { apps_.set_further({second()}); }

    Protocol::Opening open(
        const std::string& key, ClientConnection& connection, const std::string& version
    ) {
        return protocol_.open(
            {.path = "/app/" + key,
             .query = "protocol=" + version,
             .key = "",
             .remote_address = ""},
            {.connection = connection, .hub = hub_, .shard = 0}
        );
    }
    Client connect(const std::string& key, const std::string& version = "7") {
        Client client;
        client.protocol_client =
            std::get<std::shared_ptr<ProtocolClient>>(open(key, *client.connection, version));
        return client;
    }
    int refusal_code(const std::string& key) {
        RecordingConnection connection;
        const auto opening = open(key, connection, "7");
        const auto* refusal = std::get_if<Refusal>(&opening);
        return refusal == nullptr ? 0 : static_cast<int>(refusal->code);
    }
    void change(std::vector<HostedApp> apps, Client& client) {
        apps_.set_further(std::move(apps));
        client.protocol_client->on_permissions_changed();
    }

    IoShards shards_{1};
    Hub hub_{shards_, {.rules = kPusherChannelRules}};
    AppTable apps_{kDefault};
    PusherProtocol protocol_{
        {.app = {.id = "1", .key = "default-key", .secret = "s"},
         .is_origin_allowed = [](std::string_view) { return true; },
         .apps = &apps_}};
};

TEST_F(AppPermissionsTest, ADisabledApplicationIsClosedWith4003) {
    Client theirs = connect("second-key");
    Client ours = connect("default-key");
    HostedApp disabled = second();
    disabled.is_disabled = true;
    change({disabled}, theirs);
    ours.protocol_client->on_permissions_changed();
    EXPECT_EQ(theirs.connection->closed_with, CloseCode::kDisabled);
    EXPECT_FALSE(ours.connection->closed_with);
    EXPECT_EQ(refusal_code("second-key"), 4003);
    apps_.set_further({second()});
    EXPECT_EQ(refusal_code("second-key"), 0);
}

TEST_F(AppPermissionsTest, ADisabledApplicationsServersAreForbiddenIfTheyCanSign) {
    HostedApp app = second();
    app.is_disabled = true;
    apps_.set_further({app});
    const SystemClock clock;
    PusherApi api{hub_, apps_, clock};
    const std::string path = "/apps/2/channels";
    const auto status_with = [&](const std::string& secret) {
        const std::string query = protocol::signed_query(
            {.id = "2", .key = app.key, .secret = secret}, "GET", path, "", clock.now()
        );
        int status = 0;
        api.answer(
            {.method = "GET", .path = path, .query = query, .body = ""},
            [&](const protocol::HttpResponse& answer) { status = answer.status; }
        );
        return status;
    };
    EXPECT_EQ(status_with(app.secret), 403);
    EXPECT_EQ(status_with("guessed"), 401);
}

TEST_F(AppPermissionsTest, ARemovedApplicationIsClosedWith4001) {
    Client client = connect("second-key");
    change({}, client);
    EXPECT_EQ(client.connection->closed_with, CloseCode::kUnknownKey);
    EXPECT_EQ(refusal_code("second-key"), 4001);
}

TEST_F(AppPermissionsTest, OldClientsReadTheReasonFirst) {
    Client client = connect("second-key", "5");
    change({}, client);
    EXPECT_EQ(client.last()["event"], "pusher:error");
    EXPECT_EQ(client.last()["data"]["code"], 4001);
}

TEST_F(AppPermissionsTest, OtherCredentialsHaveClientsComeBackAndProveThemselves) {
    HostedApp changed = second();
    changed.secret = "renewed-secret";
    Client client = connect("second-key");
    change({changed}, client);
    EXPECT_EQ(client.connection->closed_with, CloseCode::kOverCapacity);
}

TEST_F(AppPermissionsTest, OtherLimitsAreForThoseWhoComeLater) {
    HostedApp changed = second();
    changed.connections_max = 1;
    Client client = connect("second-key");
    change({changed}, client);
    EXPECT_FALSE(client.connection->closed_with);
    EXPECT_EQ(refusal_code("second-key"), 4100);
}

TEST_F(AppPermissionsTest, AnApplicationsOwnLimitsCountForItsConnections) {
    Client client = connect("second-key");
    for (const char* channel : {"a", "b", "c"}) {
        client.protocol_client->on_text(
            json{{"event", "pusher:subscribe"}, {"data", {{"channel", channel}}}}.dump()
        );
        shards_.context(0).poll();
    }
    EXPECT_EQ(client.received("pusher_internal:subscription_succeeded"), 2U);
    EXPECT_NE(client.error().find("limit of 2 subscriptions"), std::string::npos);
}

}  // namespace
}  // namespace orderpush::realtime
