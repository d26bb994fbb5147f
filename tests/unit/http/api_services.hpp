#pragma once

#include "base/crypto/crypto.hpp"
#include "base/crypto/jwt.hpp"
#include "base/crypto/secret_box.hpp"
#include "core/access/channel_authorizer.hpp"
#include "core/access/staff_store.hpp"
#include "core/audit_store.hpp"
#include "core/delivery/delivery_store.hpp"
#include "core/events/event_log.hpp"
#include "core/idempotency_store.hpp"
#include "core/kitchen/kitchen_store.hpp"
#include "core/kitchen/receipt_store.hpp"
#include "core/operations/operations_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "core/restaurant/restaurant_store.hpp"
#include "core/tables/session_store.hpp"
#include "core/tables/table_store.hpp"
#include "protocol/pusher_signature.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_presence.hpp"
#include "tests/support/sequential_ids.hpp"
#include "tests/support/store_world.hpp"
#include "tests/unit/http/orders/faulty_order_store.hpp"
#include "usecases/access/api_key_service.hpp"
#include "usecases/access/audit_service.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/channel_access.hpp"
#include "usecases/access/ended_logins.hpp"
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
#include "usecases/restaurant/branch_service.hpp"
#include "usecases/restaurant/menu_service.hpp"
#include "usecases/restaurant/restaurant_service.hpp"
#include "usecases/tables/session_service.hpp"
#include "usecases/tables/table_service.hpp"
#include "webhooks/pusher/pusher_webhooks.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderpush::http {

/// Signs with a fixed application, as the built-in adapter does.
class FakeAuthorizer final : public ChannelAuthorizer {
  public:
    std::optional<Channel> channel_of(std::string_view provider_name) const override;
    std::string provider_name(const Channel& channel) const override;
    bool ends_with_session() const noexcept override { return true; }
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

/// The real services over the stores of `world`. A test that looks behind the API includes this.
struct ApiServices {
    ApiServices(
        test::StoreWorld& its_world,
        IdSource& its_ids,
        const JwtKeyring& its_keyring,
        test::CountingSignal& its_signal
    )
        : world(its_world), ids(its_ids), keyring(its_keyring), signal(its_signal) {}

    test::StoreWorld& world;
    IdSource& ids;
    const JwtKeyring& keyring;
    test::CountingSignal& signal;

    FaultyOrderStore order_store{world.orders()};
    FakeAuthorizer authorizer;
    /// Log-ins whose subscriptions were ended.
    std::vector<SessionId> ended;

    usecases::EndedLogins ended_logins{
        world.staff(), world.clock, [this](const SessionId& login) { ended.push_back(login); }};
    usecases::Authenticator authenticator{
        world.sessions(), world.staff(), ended_logins, keyring, world.clock};
    usecases::IdempotencyGuard guard{world.idempotency()};
    usecases::OrderService orders{
        {.orders = order_store,
         .guard = guard,
         .menus = world.menus(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    usecases::TicketService tickets{
        {.orders = order_store,
         .guard = guard,
         .menus = world.menus(),
         .staff = world.staff(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    usecases::SessionService sessions{
        {.sessions = world.sessions(),
         .orders = order_store,
         .payments = world.payments(),
         .guard = guard,
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    usecases::MenuService menus{
        {.menus = world.menus(),
         .guard = guard,
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    usecases::KitchenService kitchen{world.kitchen(), world.menus(), world.clock};
    usecases::StaffService staff{
        {.staff = world.staff(),
         .menus = world.menus(),
         .guard = guard,
         .keyring = keyring,
         .ended_logins = ended_logins,
         .ids = ids,
         .clock = world.clock},
        std::chrono::hours{12},
        PasswordCost::kTest};
    usecases::ApiKeyService api_keys{
        {.staff = world.staff(), .guard = guard, .ids = ids, .clock = world.clock}};
    usecases::RestaurantService restaurants{
        {.restaurants = world.restaurants(),
         .sessions = world.sessions(),
         .guard = guard,
         .signal = signal,
         .ids = ids,
         .clock = world.clock,
         .on_disabled = [this] { ended_logins.run_once(); },
         .cost = PasswordCost::kTest}};
    usecases::BranchService branches{
        {.restaurants = world.restaurants(), .guard = guard, .ids = ids, .clock = world.clock}};
    usecases::AuditService audit{world.audit(), world.menus()};
    usecases::TableService tables{
        {.tables = world.tables(),
         .menus = world.menus(),
         .guard = guard,
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    usecases::PaymentService payments{
        {.payments = world.payments(),
         .sessions = world.sessions(),
         .orders = order_store,
         .guard = guard,
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    usecases::ChannelAccess access{world.menus(), order_store, world.sessions()};
    usecases::CatchUpService catch_up{world.events(), access};
    test::MemoryPresence who_is_there;
    usecases::PresenceView roster{
        who_is_there.store(), world.clock, {.sources = {"builtin", "pusher"}}};
    usecases::PresenceService presence{roster, access, world.menus()};
    webhooks::PusherWebhooks pusher_webhooks{{.id = "1", .key = "key", .secret = "secret"}};
    usecases::IncomingWebhookService webhooks{
        {.sources = {&pusher_webhooks}, .receipts = who_is_there.receipts(), .clock = world.clock}};
    usecases::RealtimeService realtime{
        {.authorizer = authorizer,
         .access = access,
         .endpoint = {
             .provider = "builtin",
             .protocol = "pusher",
             .key = "key",
             .host = "push.example.com",
             .port = 443,
             .is_tls = true,
             .auth_url = "https://push.example.com/v1/realtime/pusher/auth"}}};
    FakeAdapterStates adapter_states;
    usecases::DeliveryService deliveries{
        {.deliveries = world.deliveries(),
         .guard = guard,
         .adapters = adapter_states,
         .signal = signal,
         .clock = world.clock}};
    usecases::ReceiptService receipts{world.receipts(), world.clock};
    usecases::TimelineService timelines{order_store, world.receipts()};
    usecases::OperationsService operations{world.operations(), world.deliveries(), world.clock};
    usecases::OutgoingWebhookService outgoing_webhooks{
        {.store = world.webhooks(), .guard = guard, .notify = [] {}, .clock = world.clock}};
    SecretBox webhook_box{{"a secret of the service"}};
    usecases::RestaurantWebhookService restaurant_webhooks{
        {.store = world.restaurant_webhooks(),
         .box = webhook_box,
         .notify = [] {},
         .ids = ids,
         .clock = world.clock}};
};

}  // namespace orderpush::http
