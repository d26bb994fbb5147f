#pragma once

#include "base/crypto/uuid.hpp"
#include "base/observability/metrics.hpp"
#include "base/result.hpp"
#include "core/access/client_address.hpp"
#include "core/access/origin_policy.hpp"
#include "http/pages/static_files.hpp"
#include "http/routing/request_limits.hpp"
#include "usecases/access/api_key_service.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/realtime_service.hpp"
#include "usecases/access/staff_service.hpp"
#include "usecases/access/token_service.hpp"
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

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace orderpush::http {

/// Who may read the figures.
struct MetricsAccess {
    metrics::Registry* registry = nullptr;
    /// Empty: nobody.
    std::string token = {};
};

/// What the routes call. Everything must outlive the Api.
struct ApiDependencies {
    usecases::Authenticator& authenticator;
    usecases::OrderService& orders;
    usecases::TicketService& tickets;
    usecases::SessionService& sessions;
    usecases::MenuService& menus;
    usecases::KitchenService& kitchen;
    usecases::StaffService& staff;
    usecases::ApiKeyService& api_keys;
    usecases::TableService& tables;
    usecases::PaymentService& payments;
    usecases::RealtimeService& realtime;
    usecases::CatchUpService& catch_up;
    usecases::PresenceService& presence;
    usecases::DeliveryService& deliveries;
    usecases::ReceiptService& receipts;
    usecases::TimelineService& timelines;
    usecases::OperationsService& operations;
    usecases::OutgoingWebhookService& outgoing_webhooks;
    usecases::RestaurantWebhookService& restaurant_webhooks;
    usecases::IncomingWebhookService& webhooks;
    IdSource& ids;
    /// Whether the service can do its work; the error tells why not. Any thread, and may block.
    std::function<Result<void>()> readiness;
    /// Null: Ably is not configured.
    usecases::TokenService* ably_tokens = nullptr;
    /// The pages, as web/build.mjs makes them.
    StaticFiles web = {};
    /// Requests are counted there; without a registry nowhere.
    MetricsAccess metrics = {};
};

struct ApiOptions {
    OriginPolicy origins = {};
    TrustedProxies proxies = {};
    RequestLimitOptions limits = {};
    /// Objects and arrays within each other in a JSON body.
    std::size_t json_depth_max = 32;
    /// A net under the front door's own limit.
    std::size_t body_bytes_max = 8U << 20U;
};

/// The HTTP API: from the bytes of a request to the bytes of its answer. Owns no socket and no
/// thread; the connection, and with it the headers Connection and Keep-Alive, are the caller's.
class Api {
  public:
    Api(ApiDependencies dependencies, ApiOptions options);
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;
    ~Api();

    /// Takes one whole HTTP/1.1 request and returns the whole response. Any byte string gets one;
    /// never throws. `remote_address` is the peer's IP. Any thread, several at once; blocks on
    /// the stores unless answers_inline().
    std::string respond(const std::string& request_bytes, const std::string& remote_address);

    /// The header lines, each ending in CRLF, that let a page of that origin read an answer which
    /// this API did not make: those that every answer of respond() has. Any thread; does not block.
    std::string cors_headers(std::string_view origin) const;

    /// Whether respond() to such a request never blocks, so that a thread that must not may call
    /// it. `path` as in the request line, a query behind it or not.
    static bool answers_inline(std::string_view method, std::string_view path);

  private:
    class Dispatcher;
    std::unique_ptr<Dispatcher> dispatcher_;
};

}  // namespace orderpush::http
