#pragma once

#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "storage/database/sql_text.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

/// The columns of an endpoint `p`.
inline constexpr SqlText kWebhookEndpointColumns{R"sql(
p.id, case when p.restaurant_id is null then p.app_id else '' end as app_id, p.restaurant_id,
coalesce(p.sealed_secret, '') as sealed_secret, p.target, p.disabled_reason,
    unix_ms(p.disabled_at) as disabled_at, p.failures,
unix_ms(p.failing_since) as failing_since, unix_ms(p.last_success_at) as last_success_at, p.position
)sql"};

/// Behind them: what is not counted while sending.
inline constexpr SqlText kWebhooksPending{R"sql(,
    (select count(*) from outgoing_webhooks w
        where w.endpoint_id = p.id and w.state = 'pending') as pending_count
)sql"};

/// From kWebhookEndpointColumns and pending_count.
WebhookEndpoint endpoint_of(const pqxx::row& row);

}  // namespace orderpush::storage
