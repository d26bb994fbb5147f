#pragma once

#include "main/delivery/adapters.hpp"
#include "main/service/database.hpp"
#include "main/service/delivery.hpp"
#include "main/service/platform.hpp"
#include "main/service/presence.hpp"
#include "main/settings/derived_settings.hpp"
#include "usecases/access/api_key_service.hpp"
#include "usecases/access/audit_service.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/channel_access.hpp"
#include "usecases/access/ended_logins.hpp"
#include "usecases/access/realtime_service.hpp"
#include "usecases/access/staff_service.hpp"
#include "usecases/access/token_service.hpp"
#include "usecases/delivery/delivery_service.hpp"
#include "usecases/events/catch_up_service.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/incoming_webhooks/incoming_webhook_service.hpp"
#include "usecases/kitchen/kitchen_service.hpp"
#include "usecases/kitchen/receipt_metrics.hpp"
#include "usecases/kitchen/receipt_service.hpp"
#include "usecases/kitchen/ticket_service.hpp"
#include "usecases/operations/operations_service.hpp"
#include "usecases/operations/timeline_service.hpp"
#include "usecases/orders/order_service.hpp"
#include "usecases/payments/payment_service.hpp"
#include "usecases/presence/presence_service.hpp"
#include "usecases/restaurant/branch_service.hpp"
#include "usecases/restaurant/menu_service.hpp"
#include "usecases/restaurant/restaurant_service.hpp"
#include "usecases/tables/session_service.hpp"
#include "usecases/tables/table_service.hpp"

#include <optional>
#include <vector>

namespace orderpush {

/// The use cases that requests call. A service is a member here, made of those before it, and a
/// line in http_services().
class Services {
    // These come first: the members below are made of them.
    Platform& platform_;
    storage::Stores& stores_;
    Presence& presence_;
    Relays& relays_;
    usecases::DatabaseWatch& database_watch_;
    const std::vector<Adapter>& adapters_;
    usecases::EndedLogins& ended_logins_;
    IdSource& ids_;
    const Clock& clock_;

  public:
    /// All outlive it.
    Services(
        Platform& platform,
        Database& database,
        const std::vector<Adapter>& adapters,
        Presence& presence_part,
        Delivery& delivery,
        usecases::EndedLogins& ended_logins
    );
    Services(const Services&) = delete;
    Services& operator=(const Services&) = delete;
    ~Services() = default;

    /// Makes `realtime`, which gives clients addresses under this URL. Before anything is served.
    void set_public_url(const PublicUrl& url);
    /// For Socket.IO clients.
    EventLog& event_log() noexcept { return stores_.events(); }
    RecoveryStore& recovery_store() noexcept { return stores_.recovery(); }
    /// For Ably's.
    SessionStore& session_store() noexcept { return stores_.sessions(); }

    usecases::Authenticator authenticator{
        stores_.sessions(), stores_.staff(), ended_logins_, platform_.keyring, clock_};
    usecases::IdempotencyGuard guard{stores_.idempotency(), make_secret_box(platform_.settings)};
    usecases::OrderService orders{
        {stores_.orders(), guard, stores_.menus(), relays_, ids_, clock_}};
    usecases::TicketService tickets{
        {stores_.orders(), guard, stores_.menus(), stores_.staff(), relays_, ids_, clock_}};
    usecases::SessionService sessions{
        {stores_.sessions(), stores_.orders(), stores_.payments(), guard, relays_, ids_, clock_},
        {.per_table = platform_.settings.rate_limit_table}};
    usecases::MenuService menus{{stores_.menus(), guard, relays_, ids_, clock_}};
    usecases::KitchenService kitchen{stores_.kitchen(), stores_.menus(), clock_};
    usecases::StaffService staff{
        {stores_.staff(), stores_.menus(), guard, platform_.keyring, ended_logins_, ids_, clock_},
        platform_.settings.staff_token_lifetime,
        PasswordCost::kInteractive,
        {.attempts_per_address_per_minute = platform_.settings.login_attempts_address,
         .attempts_per_email_per_minute = platform_.settings.login_attempts_email,
         .failures_per_minute = platform_.settings.login_failures,
         .renewable_for = platform_.settings.staff_token_renewable_for}};
    usecases::ApiKeyService api_keys{{stores_.staff(), guard, ids_, clock_}};
    usecases::RestaurantService restaurants{
        {.restaurants = stores_.restaurants(),
         .sessions = stores_.sessions(),
         .guard = guard,
         .signal = relays_,
         .ids = ids_,
         .clock = clock_,
         .on_disabled = [this] { ended_logins_.look_now(); }}};
    usecases::BranchService branches{{stores_.restaurants(), guard, ids_, clock_}};
    usecases::AuditService audit{stores_.audit(), stores_.menus()};
    usecases::TableService tables{
        {stores_.tables(), stores_.menus(), guard, relays_, ids_, clock_}};
    usecases::PaymentService payments{
        {stores_.payments(), stores_.sessions(), stores_.orders(), guard, relays_, ids_, clock_}};
    usecases::ChannelAccess channel_access{stores_.menus(), stores_.orders(), stores_.sessions()};
    usecases::CatchUpService catch_up{stores_.events(), channel_access};
    usecases::PresenceService presence{presence_.view, channel_access, stores_.menus()};
    usecases::DeliveryService deliveries{{stores_.deliveries(), guard, relays_, relays_, clock_}};
    usecases::ReceiptMetrics receipt_metrics{platform_.metrics};
    usecases::ReceiptService receipts{stores_.receipts(), clock_};
    usecases::TimelineService timelines{stores_.orders(), stores_.receipts()};
    usecases::OperationsService operations{stores_.operations(), stores_.deliveries(), clock_};
    usecases::IncomingWebhookService incoming_webhooks;
    /// Nothing without Ably among the adapters.
    std::optional<usecases::TokenService> ably_tokens;
    std::optional<usecases::RealtimeService> realtime;
};

}  // namespace orderpush
