#include "main/commands/webhook_commands.hpp"

#include "base/clock.hpp"
#include "main/commands/commands.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/store_factories.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_service.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <optional>

namespace orderpush {
namespace {

using Json = nlohmann::ordered_json;
using Command = std::function<int(const Settings& settings)>;

/// The service over the database of the settings. A running service finds by itself what there is
/// to be sent.
class ServiceOnDatabase {
  public:
    explicit ServiceOnDatabase(const Settings& settings)
        : pool_({.url = settings.database_url, .is_pooled = settings.is_database_pooled, .size = 1}
          ) {}

    usecases::OutgoingWebhookService& operator*() { return service_; }

  private:
    SystemClock clock_;
    storage::DbPool pool_;
    const std::unique_ptr<OutgoingWebhookStore> store_ =
        storage::make_outgoing_webhook_store(pool_);
    const std::unique_ptr<IdempotencyStore> keys_ = storage::make_idempotency_store(pool_, clock_);
    usecases::IdempotencyGuard guard_{*keys_};
    usecases::OutgoingWebhookService service_{
        {.store = *store_, .guard = guard_, .notify = [] {}, .clock = clock_}};
};

int failed(const Error& error) {
    complain(error);
    const bool is_refused =
        error.kind == ErrorKind::kConflict || error.kind == ErrorKind::kNotFound;
    return is_refused ? kExitRefused : kExitFailed;
}

Json webhook_json(const ListedWebhook& webhook) {
    Json json{
        {"id", to_string(webhook.id)},
        {"endpointId", to_string(webhook.endpoint)},
        {"appId", webhook.app_id},
        {"state", to_string(webhook.state)},
        {"events", webhook.event_count},
        {"attempts", webhook.attempt_count},
        {"createdAt", to_rfc3339(webhook.created_at)}};
    if (!webhook.attempts.empty()) {
        json["lastReason"] = webhook.attempts.back().reason;
    }
    return json;
}

Json endpoint_json(const WebhookEndpoint& endpoint) {
    const auto target = parse_webhook_target(endpoint.target);
    Json json{
        {"id", to_string(endpoint.id)},
        {"appId", endpoint.app_id},
        {"url", target ? shown_url(*target) : std::string{}},
        {"state", endpoint.disabled_reason ? "disabled" : "enabled"},
        {"failures", endpoint.failures},
        {"pending", endpoint.pending_count}};
    if (endpoint.disabled_reason) {
        json["disabledReason"] = *endpoint.disabled_reason;
    }
    return json;
}

int list_webhooks(const Settings& settings, const WebhookFilter& filter) {
    ServiceOnDatabase service{settings};
    const auto page = (*service).list(Operator{}, filter);
    if (!page) {
        return failed(page.error());
    }
    Json all = Json::array();
    for (const ListedWebhook& webhook : page->webhooks) {
        all.push_back(webhook_json(webhook));
    }
    fmt::print("{}\n", all.dump(2));
    return kExitOk;
}

int list_endpoints(const Settings& settings) {
    ServiceOnDatabase service{settings};
    const auto endpoints = (*service).endpoints(Operator{});
    if (!endpoints) {
        return failed(endpoints.error());
    }
    Json all = Json::array();
    for (const WebhookEndpoint& endpoint : *endpoints) {
        all.push_back(endpoint_json(endpoint));
    }
    fmt::print("{}\n", all.dump(2));
    return kExitOk;
}

int replay(const Settings& settings, const OutgoingWebhookId& id) {
    ServiceOnDatabase service{settings};
    const auto replayed = (*service).replay(Operator{}, id, std::nullopt);
    return replayed ? kExitOk : failed(replayed.error());
}

int enable(const Settings& settings, const WebhookEndpointId& id) {
    ServiceOnDatabase service{settings};
    const auto enabled = (*service).enable(Operator{}, id, std::nullopt);
    return enabled ? kExitOk : failed(enabled.error());
}

/// Nothing if a word is unknown, lacks its value, or has one that does not fit.
std::optional<WebhookFilter> parse_filter(std::span<const std::string> words) {
    constexpr int kLimit = 200;
    WebhookFilter filter{.limit = kLimit};
    for (; words.size() >= 2; words = words.subspan(2)) {
        if (words[0] == "--state") {
            filter.state = parse_webhook_state(words[1]);
        } else if (words[0] == "--endpoint") {
            filter.endpoint = parse_id<WebhookEndpointId>(words[1]);
        } else {
            return std::nullopt;
        }
        const bool is_read =
            words[0] == "--state" ? filter.state.has_value() : filter.endpoint.has_value();
        if (!is_read) {
            return std::nullopt;
        }
    }
    return words.empty() ? std::optional{filter} : std::nullopt;
}

}  // namespace

std::function<int(const Settings& settings)> webhook_command(std::span<const std::string> words) {
    const std::string name = words.empty() ? "" : words.front();
    if (name == "webhook-endpoints" && words.size() == 1) {
        return list_endpoints;
    }
    if (name == "webhook-list") {
        const auto filter = parse_filter(words.subspan(1));
        return filter ? Command{[filter](const Settings& settings) {
            return list_webhooks(settings, *filter);
        }}
                      : Command{};
    }
    if (words.size() != 2) {
        return {};
    }
    if (const auto id = parse_id<OutgoingWebhookId>(words[1]); id && name == "webhook-replay") {
        return [id](const Settings& settings) { return replay(settings, *id); };
    }
    if (const auto id = parse_id<WebhookEndpointId>(words[1]); id && name == "webhook-enable") {
        return [id](const Settings& settings) { return enable(settings, *id); };
    }
    return {};
}

}  // namespace orderpush
