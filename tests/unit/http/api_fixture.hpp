#pragma once

#include "base/crypto/crypto.hpp"
#include "base/crypto/jwt.hpp"
#include "core/access/channel_authorizer.hpp"
#include "http/api.hpp"
#include "protocol/pusher_signature.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/memory/memory_presence.hpp"
#include "tests/support/postgres/store_world.hpp"
#include "tests/support/sequential_ids.hpp"
#include "tests/unit/http/orders/faulty_order_store.hpp"
#include "usecases/access/api_key_service.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/channel_access.hpp"
#include "usecases/access/realtime_service.hpp"
#include "usecases/access/staff_service.hpp"
#include "usecases/delivery/delivery_service.hpp"
#include "usecases/events/catch_up_service.hpp"
#include "usecases/incoming_webhooks/incoming_webhook_service.hpp"
#include "usecases/kitchen/kitchen_service.hpp"
#include "usecases/kitchen/receipt_service.hpp"
#include "usecases/kitchen/ticket_service.hpp"
#include "usecases/operations/operations_service.hpp"
#include "usecases/operations/timeline_service.hpp"
#include "usecases/orders/order_service.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_service.hpp"
#include "usecases/outgoing_webhooks/restaurant_webhook_service.hpp"
#include "usecases/payments/payment_service.hpp"
#include "usecases/presence/presence_service.hpp"
#include "usecases/restaurant/menu_service.hpp"
#include "usecases/tables/session_service.hpp"
#include "usecases/tables/table_service.hpp"
#include "webhooks/pusher/pusher_webhooks.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orderpush::http {

inline constexpr const char* kQrToken = "qr-terrace-t5";
inline constexpr const char* kEmail = "kim@example.com";
inline constexpr const char* kPassword = "correct horse";
inline constexpr const char* kApiKey = "opak_front_end";

/// A response, taken apart by the test's own few lines rather than by the code under test.
struct Reply {
    int status = 0;
    /// Names in lower case.
    std::multimap<std::string, std::string> headers;
    std::string body;

    std::string header(const std::string& name) const;
    nlohmann::json json() const { return nlohmann::json::parse(body); }
    std::string code() const { return json().at("code").get<std::string>(); }
    /// The message for a field, empty if it has none.
    std::string fault(const std::string& field) const;
};

using HeaderLines = std::vector<std::string>;

/// What a client sends.
struct ClientRequest {
    std::string method = "GET";
    std::string target;
    HeaderLines headers = {};
    std::string body = {};
    std::string peer = "203.0.113.7";
};

/// What the client gets for it: `api` is asked as the server asks it, and its response is written
/// as the server writes it.
Reply exchange(Api& api, const ClientRequest& sent);

/// Signs with a fixed application, as the built-in adapter does.
class FakeAuthorizer final : public ChannelAuthorizer {
  public:
    std::optional<Channel> channel_of(std::string_view provider_name) const override;
    std::string provider_name(const Channel& channel) const override;
    Result<ChannelGrant> grant(
        std::string_view socket_id, const Channel& channel, const ChannelJoiner& joiner
    ) const override;
    Result<UserGrant> grant_user(std::string_view socket_id, const PresenceMember& member)
        const override;

  private:
    const protocol::PusherApp app_{.id = "1", .key = "key", .secret = "secret"};
};

/// Says what it is told.
class FakeAdapterStates final : public usecases::AdapterStates {
  public:
    std::string mode() const override { return "failover"; }
    std::vector<usecases::AdapterState> states() const override { return told; }

    std::vector<usecases::AdapterState> told;
};

using HeaderLines = std::vector<std::string>;

/// The stores below an ApiTest: each executable says which.
std::unique_ptr<test::StoreWorld> make_api_world();

/// The real routes over the real services over the stores of make_api_world(), which hold one
/// branch with one table, a cook and a small menu.
class ApiTest : public testing::Test {
  protected:
    ApiTest();

    /// What api_ works with, for a further Api.
    Services dependencies() { return dependencies(ids_); }
    Services dependencies(IdSource& ids);
    void stock_restaurant();

    Reply send(
        const std::string& method,
        const std::string& target,
        const HeaderLines& headers = {},
        const std::string& body = {}
    );
    Reply send_json(
        const std::string& method,
        const std::string& target,
        const std::string& token,
        const nlohmann::json& body
    );
    Reply get(const std::string& target, const std::string& token = {});

    /// The token of a guest who just sat down.
    std::string guest_token();
    std::string cook_token();
    nlohmann::json soup_order() const;
    /// The id of an order just placed.
    std::string placed_order(const std::string& token);

    test::SequentialIds ids_;
    Branch branch_{
        .id = ids_.make<BranchId>(),
        .restaurant = ids_.make<RestaurantId>(),
        .name = "Harbor",
        .currency = "EUR",
        .tax_rate_bp = 1000};
    MenuItem soup_{
        .id = ids_.make<MenuItemId>(),
        .branch = branch_.id,
        .station = ids_.make<StationId>(),
        .name = "Soup",
        .price_minor = 500};
    Staff cook_;
    const std::unique_ptr<test::StoreWorld> owned_world_ = make_api_world();
    test::StoreWorld& world_ = *owned_world_;
    FaultyOrderStore order_store_{world_.orders()};
    test::CountingSignal signal_;
    FakeAuthorizer authorizer_;
    JwtKeyring keyring_{{{"test", std::string(32, 's')}}};
    Result<void> readiness_;

    usecases::Authenticator authenticator_{
        world_.sessions(), world_.staff(), keyring_, world_.clock};
    usecases::IdempotencyGuard guard_{world_.idempotency()};
    usecases::OrderService orders_{
        {.orders = order_store_,
         .guard = guard_,
         .menus = world_.menus(),
         .signal = signal_,
         .ids = ids_,
         .clock = world_.clock}};
    usecases::TicketService tickets_{
        {.orders = order_store_,
         .guard = guard_,
         .menus = world_.menus(),
         .staff = world_.staff(),
         .signal = signal_,
         .ids = ids_,
         .clock = world_.clock}};
    usecases::SessionService sessions_{
        {.sessions = world_.sessions(),
         .orders = order_store_,
         .payments = world_.payments(),
         .guard = guard_,
         .signal = signal_,
         .ids = ids_,
         .clock = world_.clock}};
    usecases::MenuService menus_{
        {.menus = world_.menus(),
         .guard = guard_,
         .signal = signal_,
         .ids = ids_,
         .clock = world_.clock}};
    usecases::KitchenService kitchen_{world_.kitchen(), world_.menus(), world_.clock};
    usecases::StaffService staff_{
        {.staff = world_.staff(),
         .menus = world_.menus(),
         .guard = guard_,
         .keyring = keyring_,
         .ids = ids_,
         .clock = world_.clock},
        std::chrono::hours{12},
        PasswordCost::kTest};
    usecases::ApiKeyService api_keys_{
        {.staff = world_.staff(), .guard = guard_, .ids = ids_, .clock = world_.clock}};
    usecases::TableService tables_{
        {.tables = world_.tables(),
         .menus = world_.menus(),
         .guard = guard_,
         .signal = signal_,
         .ids = ids_,
         .clock = world_.clock}};
    usecases::PaymentService payments_{
        {.payments = world_.payments(),
         .sessions = world_.sessions(),
         .orders = order_store_,
         .guard = guard_,
         .signal = signal_,
         .ids = ids_,
         .clock = world_.clock}};
    usecases::ChannelAccess access_{world_.menus(), order_store_, world_.sessions()};
    usecases::CatchUpService catch_up_{world_.events(), access_};
    test::MemoryPresence who_is_there_;
    usecases::PresenceView roster_{
        who_is_there_.store(), world_.clock, {.sources = {"builtin", "pusher"}}};
    usecases::PresenceService presence_{roster_, access_, world_.menus()};
    webhooks::PusherWebhooks pusher_webhooks_{{.id = "1", .key = "key", .secret = "secret"}};
    usecases::IncomingWebhookService webhooks_{
        {.sources = {&pusher_webhooks_},
         .receipts = who_is_there_.receipts(),
         .clock = world_.clock}};
    usecases::RealtimeService realtime_{
        {.authorizer = authorizer_,
         .access = access_,
         .endpoint = {
             .provider = "builtin",
             .protocol = "pusher",
             .key = "key",
             .host = "push.example.com",
             .port = 443,
             .is_tls = true,
             .auth_url = "https://push.example.com/v1/realtime/pusher/auth"}}};
    FakeAdapterStates adapter_states_;
    usecases::DeliveryService deliveries_{
        {.deliveries = world_.deliveries(),
         .guard = guard_,
         .adapters = adapter_states_,
         .signal = signal_,
         .clock = world_.clock}};
    usecases::ReceiptService receipts_{world_.receipts(), world_.clock};
    usecases::TimelineService timelines_{order_store_, world_.receipts()};
    usecases::OperationsService operations_{world_.operations(), world_.deliveries(), world_.clock};
    usecases::OutgoingWebhookService outgoing_webhooks_{
        {.store = world_.webhooks(), .notify = [] {}, .clock = world_.clock}};
    SecretBox webhook_box_{{"a secret of the service"}};
    usecases::RestaurantWebhookService restaurant_webhooks_{
        {.store = world_.restaurant_webhooks(),
         .box = webhook_box_,
         .notify = [] {},
         .ids = ids_,
         .clock = world_.clock}};
    Api api_;
};

}  // namespace orderpush::http
