#include "main/application.hpp"

#include "base/crypto/crypto.hpp"
#include "base/observability/log.hpp"
#include "main/commands/pusher_app_commands.hpp"
#include "main/service_metrics.hpp"
#include "main/upgrade_auth.hpp"
#include "storage/delivery/pg_outbox.hpp"

#include <algorithm>

namespace orderpush {
namespace {

/// Requests that may wait for a thread of the HTTP pool, per thread; beyond it 503.
constexpr std::size_t kQueuedRequestsPerThread = 64;

std::vector<PushAdapter*> push_adapters_of(const std::vector<Adapter>& adapters) {
    std::vector<PushAdapter*> found;
    for (const Adapter& adapter : adapters) {
        found.push_back(adapter.push.get());
    }
    return found;
}

std::vector<PresenceSource*> presence_sources_of(const std::vector<Adapter>& adapters) {
    std::vector<PresenceSource*> found;
    for (const Adapter& adapter : adapters) {
        if (adapter.presence) {
            found.push_back(adapter.presence.get());
        }
    }
    return found;
}

std::vector<const IncomingWebhookSource*> webhook_sources_of(const std::vector<Adapter>& adapters) {
    std::vector<const IncomingWebhookSource*> found;
    for (const Adapter& adapter : adapters) {
        if (adapter.webhooks) {
            found.push_back(adapter.webhooks.get());
        }
    }
    return found;
}

}  // namespace

Application::Application(Settings settings, std::function<void(const Error& error)> on_refused)
    : settings_(std::move(settings)),
      metrics_(usecases::figures_table(figure_sets_of(settings_))),
      keyring_(settings_.jwt_keys),
      database_(
          counted(metrics_, {.url = settings_.database_url, .size = settings_.database_pool_size})
      ),
      orders_(database_),
      idempotency_(database_, clock_),
      sessions_(database_),
      menus_(database_),
      kitchen_(database_),
      staff_(database_),
      stats_(database_),
      alarms_(database_),
      tables_(database_),
      payments_(database_),
      streams_(settings_.database_direct_url),
      announcements_(database_),
      deliveries_(database_),
      events_(database_),
      receipts_(database_),
      operations_(database_),
      retention_(database_),
      app_store_(database_),
      presence_(database_),
      webhook_receipts_(database_),
      instances_(database_),
      shards_(settings_.io_threads),
      hub_(shards_, settings_.builtin_hub),
      instance_(ids_.make<InstanceId>()),
      instance_watch_(
          instances_,
          {.id = instance_, .is_sharing = settings_.broker == BrokerKind::kPostgres},
          {.dead_after = settings_.instance_dead_after},
          [this](const usecases::LiveInstanceSet& roll) {
              if (cluster_bridge_) {
                  cluster_bridge_->keep(roll.alive, roll.asked_at);
                  cluster_bridge_->repair(roll.was_absent);
              }
          }
      ),
      apps_(default_hosted_app_of(settings_), settings_.builtin_limits),
      pusher_(
          {.app = settings_.builtin_app,
           .is_origin_allowed = [this](std::string_view origin) { return origins_.allows(origin); },
           .limits = settings_.builtin_limits,
           .apps = &apps_}
      ),
      pusher_api_(hub_, apps_, clock_, settings_.builtin_path_prefix),
      kitchen_displays_([this](std::string_view origin) { return origins_.allows(origin); }),
      sockets_(
          shards_,
          hub_,
          {pusher_, kitchen_displays_},
          {.connections_max = settings_.socket_connections_max,
           .connections_per_address_max = settings_.socket_connections_address_max,
           .per_address = settings_.socket_address_limits,
           .outbound = {.bytes_max = settings_.socket_queue_bytes_max},
           .has_compression = settings_.builtin_compression,
           .stall_timeout = settings_.socket_stall_timeout,
           .slow_consumers = metrics_.counter(usecases::figure::kSlowConsumers)}
      ),
      hub_presence_(hub_),
      presence_feed_(
          hub_presence_,
          presence_,
          clock_,
          {.instance = random_token(12), .interval = settings_.presence_interval}
      ),
      adapters_(
          make_adapters({.settings = settings_, .hub = hub_, .http = http_client_, .clock = clock_})
      ),
      announcer_(announcements_, ids_, clock_),
      push_(push_adapters_of(adapters_), clock_, push_options()),
      stats_publisher_(stats_, push_, ids_, clock_, {}),
      roster_(
          presence_,
          clock_,
          {.sources = settings_.push_adapters, .expiry = settings_.presence_expiry}
      ),
      presence_reconciler_(
          presence_sources_of(adapters_),
          presence_,
          clock_,
          {.interval = settings_.presence_interval}
      ),
      webhook_processor_(
          {.sources = webhook_sources_of(adapters_),
           .receipts = webhook_receipts_,
           .clock = clock_,
           .on_gap = [this] { presence_reconciler_.request(); }}
      ),
      kitchen_watch_(
          {.alarms = alarms_,
           .is_attended = [this](const BranchId& branch) { return is_attended(branch); },
           .signal = push_,
           .ids = ids_,
           .clock = clock_,
           .on_webhook = [this] { outgoing_webhooks_.notify(); }},
          counted(
              metrics_,
              {.start_grace = settings_.builtin_reconnect_hold,
               .unseen_steps = settings_.unseen_steps,
               .reporting_for = settings_.unseen_reporting}
          )
      ),
      retention_job_(
          retention_,
          clock_,
          {.event_lifetime = settings_.event_retention,
           .idempotency_key_lifetime = storage::kIdempotencyKeyLifetime,
           .adapters = push_.names(),
           .further = further_retention(),
           .metrics = retention_metrics(metrics_)}
      ),
      app_directory_(
          app_store_, secret_box_of(settings_), default_hosted_app_of(settings_), clock_
      ),
      app_refresher_(
          app_directory_,
          [this](const std::vector<HostedApp>& apps) {
              if (const std::size_t left_out = apps_.set_further(apps); left_out > 0) {
                  log::error("apps_left_out", {{"count", left_out}});
              }
              sockets_.recheck_permissions();
          }
      ),
      outgoing_webhooks_(
          {.settings = settings_,
           .database = database_,
           .metrics = metrics_,
           .ids = ids_,
           .clock = clock_,
           .apps = [this] { return webhook_apps(); }}
      ),
      authenticator_(sessions_, staff_, keyring_, clock_),
      idempotency_guard_(idempotency_, secret_box_of(settings_)),
      order_service_(
          {.orders = orders_,
           .guard = idempotency_guard_,
           .menus = menus_,
           .signal = push_,
           .ids = ids_,
           .clock = clock_}
      ),
      ticket_service_(
          {.orders = orders_,
           .menus = menus_,
           .staff = staff_,
           .signal = push_,
           .ids = ids_,
           .clock = clock_}
      ),
      session_service_(
          {.sessions = sessions_,
           .orders = orders_,
           .payments = payments_,
           .guard = idempotency_guard_,
           .signal = push_,
           .ids = ids_,
           .clock = clock_}
      ),
      menu_service_(
          {.menus = menus_,
           .guard = idempotency_guard_,
           .signal = push_,
           .ids = ids_,
           .clock = clock_}
      ),
      kitchen_service_(kitchen_, menus_, clock_),
      staff_service_(
          {.staff = staff_,
           .menus = menus_,
           .guard = idempotency_guard_,
           .keyring = keyring_,
           .ids = ids_,
           .clock = clock_},
          settings_.staff_token_lifetime,
          PasswordCost::kInteractive,
          {.attempts_per_address_per_minute = settings_.login_attempts_address,
           .attempts_per_email_per_minute = settings_.login_attempts_email}
      ),
      api_key_service_({.staff = staff_, .guard = idempotency_guard_, .ids = ids_, .clock = clock_}
      ),
      table_service_(
          {.tables = tables_,
           .menus = menus_,
           .guard = idempotency_guard_,
           .signal = push_,
           .ids = ids_,
           .clock = clock_}
      ),
      payment_service_(
          {.payments = payments_,
           .sessions = sessions_,
           .orders = orders_,
           .guard = idempotency_guard_,
           .signal = push_,
           .ids = ids_,
           .clock = clock_}
      ),
      channel_access_(menus_, orders_, sessions_),
      catch_up_service_(events_, channel_access_),
      presence_service_(roster_, channel_access_, menus_),
      delivery_service_(
          {.deliveries = deliveries_, .adapters = push_, .signal = push_, .clock = clock_}
      ),
      receipt_metrics_(metrics_),
      receipt_service_(receipts_, clock_),
      timeline_service_(orders_, receipts_),
      operations_service_(operations_, deliveries_, clock_),
      webhook_service_(
          {.sources = webhook_sources_of(adapters_),
           .receipts = webhook_receipts_,
           .clock = clock_,
           .on_stored = [this] { webhook_processor_.notify(); },
           .on_verdict =
               [this](std::string_view provider, usecases::WebhookVerdict verdict) {
                   metrics_.counter(usecases::figure::kWebhooks, {provider, to_word(verdict)})
                       .add();
               }},
          {.age_max = settings_.webhook_age_max}
      ),
      http_pool_(settings_.http_threads, settings_.http_threads * kQueuedRequestsPerThread),
      door_(
          shards_,
          http_pool_,
          {.address = settings_.bind_address,
           .port = static_cast<std::uint16_t>(settings_.port),
           .body_bytes_max = settings_.body_bytes_max,
           .sockets_max = settings_.http_connections_max,
           .sockets_per_address_max = settings_.http_connections_address_max,
           .realtime_prefix = settings_.builtin_path_prefix,
           .proxies = settings_.trusted_proxies,
           .queue_full = metrics_.counter(usecases::figure::kHttpRefused, {"queue_full"})},
          handlers()
      ),
      schema_({
          .prepare = [this] { return prepare_schema(); },
          .on_ready = [this] { start_work(); },
          .on_refused = std::move(on_refused),
      }) {
    hub_.observe(outgoing_webhooks_.observer());
    push_.observe(stats_publisher_);
    push_.observe(kitchen_watch_);
    receipt_service_.observe(receipt_metrics_);
    collect_figures(
        metrics_,
        {.database = database_,
         .deliveries = deliveries_,
         .adapters = push_,
         .hub = hub_,
         .sockets = sockets_,
         .clock = clock_}
    );
    push_.observe(presence_reconciler_);
    hub_.observe(presence_feed_);
    if (settings_.broker == BrokerKind::kPostgres) {
        join_cluster();
    }
}

void Application::join_cluster() {
    broker_.emplace(instance_, storage::PgBrokerOptions{.url = settings_.database_direct_url});
    cluster_bridge_.emplace(
        hub_,
        *broker_,
        realtime::ClusterBridgeOptions{.leave_grace = settings_.builtin_hub.leave_grace}
    );
    hub_.join(*cluster_bridge_);
}

http_server::HttpServerHandlers Application::handlers() {
    return {
        .request = [this](const protocol::HttpRequest& request) { return api_->respond(request); },
        .is_inline = http::Api::answers_inline,
        .admit = [this](realtime::UpgradeRequest& request
                 ) { return admit_upgrade(authenticator_, request); },
        .upgrade = [this](
                       std::size_t shard, realtime::Upgrade upgrade
                   ) { sockets_.accept(shard, std::move(upgrade)); },
        .cors_headers = [this](std::string_view origin) { return api_->cors_headers(origin); },
        .realtime_api = [this](
                            const protocol::HttpRequest& request, protocol::HttpReply reply
                        ) { pusher_api_.answer(request, std::move(reply)); }};
}

PushStreamsOptions Application::push_options() {
    return {
        .mode = settings_.push_mode,
        .mirror_skip_after = settings_.mirror_skip_after,
        .make_outbox =
            [this] {
                return std::make_unique<storage::PgOutbox>(storage::PgOutboxOptions{
                    .url = settings_.database_direct_url});
            },
        .on_changed =
            [this](std::string_view previous, std::string_view current) {
                // Some of what a provider did was not told meanwhile.
                presence_reconciler_.request();
                return announcer_.tell(previous, current);
            },
        .metrics = delivery_metrics(metrics_, settings_)};
}

usecases::RealtimeServiceDependencies Application::realtime_dependencies(const PublicUrl& url) {
    usecases::RealtimeServiceDependencies dependencies{
        .authorizer = *adapters_.front().authorizer,
        .access = channel_access_,
        .endpoint = endpoint_of(adapters_.front(), url),
        .in_force = [this] { return push_.in_force(); }};
    for (std::size_t i = 1; i < adapters_.size(); ++i) {
        dependencies.others.push_back({*adapters_[i].authorizer, endpoint_of(adapters_[i], url)});
    }
    return dependencies;
}

/// Of several adapters each has its own keys, so that clients must say whose they want.
usecases::RealtimeEndpoint Application::endpoint_of(const Adapter& adapter, const PublicUrl& url)
    const {
    usecases::RealtimeEndpoint endpoint = adapter.endpoint(url);
    if (adapters_.size() > 1 && endpoint.protocol == "pusher") {
        for (std::string* const address : {&endpoint.auth_url, &endpoint.user_auth_url}) {
            *address += address->empty() ? "" : "?provider=" + endpoint.provider;
        }
    }
    return endpoint;
}

usecases::TokenService* Application::ably_tokens() {
    for (const Adapter& adapter : adapters_) {
        if (adapter.tokens != nullptr) {
            return &ably_tokens_.emplace(*adapter.tokens, channel_access_, clock_);
        }
    }
    return nullptr;
}

std::vector<usecases::WebhookApp> Application::webhook_apps() const {
    std::vector<usecases::WebhookApp> all;
    for (const realtime::AppPtr& app : apps_.all()) {
        const HostedApp& settings = app->settings;
        all.push_back(
            {.id = settings.id,
             .key = settings.key,
             .secret = settings.secret,
             .targets = settings.webhook_urls}
        );
    }
    return all;
}

Result<bool> Application::is_attended(const BranchId& branch) {
    const auto roster = roster_.read(Channel::kitchen(branch));
    if (!roster) {
        return roster.error();
    }
    return !roster->members.empty() || !roster->is_complete;
}

std::vector<usecases::FurtherRetention> Application::further_retention() {
    return {
        {.name = "webhooks",
         .lifetime = settings_.event_retention,
         .purge =
             [this](Timestamp until, int limit) { return webhook_receipts_.purge(until, limit); }},
        {.name = "presence",
         .lifetime = std::max<std::chrono::milliseconds>(
             std::chrono::hours{1}, 2 * settings_.presence_expiry
         ),
         .purge = [this](Timestamp until, int limit) { return presence_.purge(until, limit); }}};
}

}  // namespace orderpush
