#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>

namespace orderpush {

class IdSource;

namespace metrics {
class Registry;
}  // namespace metrics

namespace usecases {
class ApiKeyService;
class AuditService;
class Authenticator;
class BranchService;
class CatchUpService;
class DeliveryService;
class IncomingWebhookService;
class KitchenService;
class MenuService;
class OperationsService;
class OrderService;
class OutgoingWebhookService;
class PaymentService;
class PresenceService;
class RealtimeService;
class ReceiptService;
class RestaurantService;
class RestaurantWebhookService;
class SessionService;
class StaffService;
class TableService;
class TicketService;
class TimelineService;
class TokenService;
}  // namespace usecases

namespace http {

/// Who may read the metrics.
struct MetricsAccess {
    metrics::Registry* registry = nullptr;
    /// Empty: nobody.
    std::string token = {};
};

/// What the handlers call. Everything must outlive the Api. A handler includes the headers of those
/// that it uses.
struct Services {
    usecases::Authenticator& authenticator;
    usecases::OrderService& orders;
    usecases::TicketService& tickets;
    usecases::SessionService& sessions;
    usecases::MenuService& menus;
    usecases::KitchenService& kitchen;
    usecases::StaffService& staff;
    usecases::ApiKeyService& api_keys;
    usecases::RestaurantService& restaurants;
    usecases::BranchService& branches;
    usecases::AuditService& audit;
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
    /// Whether the service can do its work; the error says why not. Any thread, and may block.
    std::function<Result<void>()> readiness;
    /// Whether requests may write; without it they may. Any thread; does not block.
    std::function<Result<void>()> may_write = {};
    /// Null: Ably is not configured.
    usecases::TokenService* ably_tokens = nullptr;
    /// Requests are counted there; without a registry nowhere.
    MetricsAccess metrics = {};
    /// What proves the operator. Empty: nobody is.
    std::string operator_token = {};
};

}  // namespace http
}  // namespace orderpush
