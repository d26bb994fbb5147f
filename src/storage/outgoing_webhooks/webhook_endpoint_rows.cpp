#include "storage/outgoing_webhooks/webhook_endpoint_rows.hpp"

#include "storage/database/rows.hpp"

namespace orderpush::storage {

WebhookEndpoint endpoint_of(const pqxx::row& row) {
    return {
        .id = id_of<WebhookEndpointId>(row["id"]),
        .app_id = row["app_id"].c_str(),
        .target = row["target"].c_str(),
        .disabled_reason = optional_text_of(row["disabled_reason"]),
        .disabled_at = optional_time_of(row["disabled_at"]),
        .failures = row["failures"].as<int>(),
        .failing_since = optional_time_of(row["failing_since"]),
        .last_success_at = optional_time_of(row["last_success_at"]),
        .position = row["position"].as<std::int64_t>(),
        .pending_count = row["pending_count"].as<std::int64_t>(),
        .restaurant = optional_id_of<RestaurantId>(row["restaurant_id"]),
        .sealed_secret = row["sealed_secret"].c_str()};
}

}  // namespace orderpush::storage
