#include "main/application.hpp"

#include "base/log.hpp"
#include "main/upgrade_admission.hpp"
#include "main/web_folder.hpp"
#include "storage/pg_outbox.hpp"
#include "storage/schema.hpp"

#include <algorithm>

namespace orderpush {
namespace {

/// Requests that may wait for a thread of the HTTP pool, per thread; beyond it 503.
constexpr std::size_t kQueuedRequestsPerThread = 64;

PublicUrl public_url_of(const Settings& settings, std::uint16_t bound_port) {
    return settings.public_url.value_or(PublicUrl{
        .is_tls = false, .host = "localhost", .port = bound_port});
}

SecretBox box_of(const std::vector<JwtKey>& keys) {
    std::vector<std::string> secrets;
    for (const JwtKey& key : keys) {
        secrets.push_back(key.secret);
    }
    return SecretBox{secrets};
}

std::vector<PushAdapter*> push_adapters_of(const std::vector<Adapter>& adapters) {
    std::vector<PushAdapter*> found;
    for (const Adapter& adapter : adapters) {
        found.push_back(adapter.push.get());
    }
    return found;
}

}  // namespace

Application::Application(Settings settings, std::function<void(const Error& error)> on_refused)
    : settings_(std::move(settings)),
      keyring_(settings_.jwt_keys),
      database_({.url = settings_.database_url, .size = settings_.database_pool_size}),
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
      retention_(database_),
      shards_(settings_.io_threads),
      hub_(shards_, {}),
      pusher_({
          .app = settings_.builtin_app,
          .is_origin_allowed = [this](std::string_view origin) { return origins_.allows(origin); },
      }),
      kitchen_displays_([this](std::string_view origin) { return origins_.allows(origin); }),
      sockets_(
          shards_,
          hub_,
          [this](std::string_view path) -> const realtime::Protocol& {
              if (path == realtime::kKitchenDisplayPath) {
                  return kitchen_displays_;
              }
              return pusher_;  // which refuses paths that it does not know
          },
          {.connections_max = settings_.socket_connections_max,
           .outbound = {.bytes_max = settings_.socket_queue_bytes_max}}
      ),
      presence_(hub_),
      adapters_(
          make_adapters({.settings = settings_, .hub = hub_, .http = http_client_, .clock = clock_})
      ),
      announcer_(announcements_, ids_, clock_),
      push_(push_adapters_of(adapters_), clock_, push_options()),
      stats_publisher_(stats_, push_, ids_, clock_, {}),
      kitchen_watch_(
          {.alarms = alarms_,
           .is_attended = [this](const BranchId& branch) { return is_attended(branch); },
           .signal = push_,
           .ids = ids_,
           .clock = clock_},
          {.start_grace = settings_.builtin_reconnect_hold}
      ),
      retention_job_(
          retention_,
          clock_,
          {.event_lifetime = settings_.event_retention,
           .idempotency_key_lifetime = storage::kIdempotencyKeyLifetime,
           .adapters = push_.names()}
      ),
      authenticator_(sessions_, staff_, keyring_, clock_),
      idempotency_guard_(idempotency_, box_of(settings_.jwt_keys)),
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
      presence_service_(presence_, channel_access_, menus_),
      delivery_service_(
          {.deliveries = deliveries_, .adapters = push_, .signal = push_, .clock = clock_}
      ),
      receipt_service_(receipts_, clock_),
      timeline_service_(orders_, receipts_),
      http_pool_(settings_.http_threads, settings_.http_threads * kQueuedRequestsPerThread),
      door_(
          shards_,
          http_pool_,
          {.address = settings_.bind_address,
           .port = static_cast<std::uint16_t>(settings_.port),
           .body_bytes_max = settings_.body_bytes_max,
           .sockets_max = settings_.http_connections_max},
          handlers()
      ),
      schema_({
          .prepare = [this] { return prepare_schema(); },
          .on_ready =
              [this] {
                  stats_publisher_.start();
                  push_.start();
                  kitchen_watch_.start();
                  retention_job_.start();
              },
          .on_refused = std::move(on_refused),
      }) {
    push_.observe(stats_publisher_);
    push_.observe(kitchen_watch_);
}

Application::~Application() {
    stop();
}

Result<std::uint16_t> Application::start() {
    auto port = door_.listen();
    if (!port) {
        return port;
    }
    open_to_public(*port);
    schema_.open();
    return port;
}

void Application::open_to_public(std::uint16_t port) {
    const PublicUrl url = public_url_of(settings_, port);
    origins_ = OriginPolicy::parse(settings_.cors_allowed_origins, url.origin()).value();
    realtime_service_.emplace(realtime_dependencies(url));
    api_.emplace(
        http::ApiDependencies{
            .authenticator = authenticator_,
            .orders = order_service_,
            .tickets = ticket_service_,
            .sessions = session_service_,
            .menus = menu_service_,
            .kitchen = kitchen_service_,
            .staff = staff_service_,
            .api_keys = api_key_service_,
            .tables = table_service_,
            .payments = payment_service_,
            .realtime = *realtime_service_,
            .catch_up = catch_up_service_,
            .presence = presence_service_,
            .deliveries = delivery_service_,
            .receipts = receipt_service_,
            .timelines = timeline_service_,
            .ids = ids_,
            .readiness = [this] { return readiness(); },
            .ably_tokens = ably_tokens(),
            .web = load_web_folder(settings_.web_dir)},
        http::ApiOptions{
            .origins = origins_,
            .proxies = settings_.trusted_proxies,
            .limits =
                {.per_address = settings_.rate_limit_address,
                 .per_caller = settings_.rate_limit_caller,
                 .per_api_key = settings_.rate_limit_api_key},
            .body_bytes_max = settings_.body_bytes_max}
    );
    shards_.start();
}

front_door::FrontDoorHandlers Application::handlers() {
    return {
        .request = [this](
                       const std::string& request, const std::string& remote
                   ) { return api_->respond(request, remote); },
        .is_inline = http::Api::answers_inline,
        .admit = [this](realtime::UpgradeRequest& request
                 ) { return admit_upgrade(authenticator_, request); },
        .upgrade = [this](
                       std::size_t shard, realtime::Upgrade upgrade
                   ) { sockets_.accept(shard, std::move(upgrade)); },
        .cors_headers = [this](std::string_view origin) { return api_->cors_headers(origin); }};
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
        .on_changed = [this](
                          std::string_view previous, std::string_view current
                      ) { return announcer_.tell(previous, current); }};
}

app::RealtimeServiceDependencies Application::realtime_dependencies(const PublicUrl& url) {
    app::RealtimeServiceDependencies dependencies{
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
app::RealtimeEndpoint Application::endpoint_of(const Adapter& adapter, const PublicUrl& url) const {
    app::RealtimeEndpoint endpoint = adapter.endpoint(url);
    if (adapters_.size() > 1 && endpoint.protocol == "pusher") {
        for (std::string* const address : {&endpoint.auth_url, &endpoint.user_auth_url}) {
            *address += address->empty() ? "" : "?provider=" + endpoint.provider;
        }
    }
    return endpoint;
}

app::TokenService* Application::ably_tokens() {
    for (const Adapter& adapter : adapters_) {
        if (adapter.tokens != nullptr) {
            return &ably_tokens_.emplace(*adapter.tokens, channel_access_, clock_);
        }
    }
    return nullptr;
}

/// The schema, then the streams: what is recorded from then on is known to be for all of them.
Result<void> Application::prepare_schema() {
    if (!settings_.is_migrating_on_start) {
        if (auto current = storage::check_schema(database_); !current) {
            return current;
        }
        return streams_.set(push_.names(), clock_.now());
    }
    const auto report = storage::migrate(settings_.database_direct_url);
    if (!report) {
        return report.error();
    }
    log::info("schema_ready", {{"version", report->version}, {"applied", report->applied_count}});
    return streams_.set(push_.names(), clock_.now());
}

Result<void> Application::readiness() {
    if (is_draining_) {
        return Error{
            .code = ErrorCode::kUnavailable,
            .reason = "draining",
            .message = "The service is stopping."};
    }
    if (!schema_.is_open()) {
        return Error{
            .code = ErrorCode::kUnavailable,
            .reason = "schema_not_ready",
            .message = "The database has not been reached yet, or its schema is not current."};
    }
    return storage::check_schema(database_);
}

Result<bool> Application::is_attended(const BranchId& branch) {
    const bool is_all_builtin = std::ranges::all_of(settings_.push_adapters, [](const auto& name) {
        return name == "builtin";
    });
    if (!is_all_builtin) {
        return true;
    }
    const auto members = presence_.members(Channel::kitchen(branch));
    return members ? Result<bool>{!members->empty()} : members.error();
}

void Application::stop() {
    if (is_stopped_) {
        return;
    }
    is_stopped_ = true;
    is_draining_ = true;
    const auto deadline = std::chrono::steady_clock::now() + settings_.shutdown_deadline;
    schema_.stop();
    retention_job_.stop();
    door_.stop(deadline);
    kitchen_watch_.stop();
    stats_publisher_.stop();
    push_.stop();
    sockets_.stop(deadline);
    http_pool_.stop();
    shards_.stop();
}

}  // namespace orderpush
