#pragma once

#include "base/crypto/jwt.hpp"
#include "base/crypto/tls.hpp"
#include "base/observability/log.hpp"
#include "base/result.hpp"
#include "core/access/client_address.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "main/settings/provider_settings.hpp"
#include "protocol/pusher_signature.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_app_options.hpp"
#include "realtime/sockets/address_counts.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// The address that browsers use.
struct PublicUrl {
    bool is_tls = false;
    std::string host;
    int port = 0;

    /// "https://orders.example"; the scheme's own port is left out.
    std::string origin() const;
};

/// How several adapters stand to each other.
enum class PushMode {
    kFailover,  ///< the next while the one before is out of use
    kMirror,    ///< all of them
};

/// What carries broadcasts between instances.
enum class BrokerKind {
    kLocal,     ///< nothing: there is one instance
    kPostgres,  ///< a log in the database
};

/// Everything the service can be told, checked. Read once, at the start; code below `main` gets
/// values.
struct Settings {
    /// Webhooks of the built-in server.
    struct BuiltinWebhooks {
        /// Of the default application; as parse_webhook_target() takes them.
        std::vector<std::string> targets;
        std::chrono::seconds grace{};
        std::chrono::hours disable_after{};
        bool is_private_allowed = false;
        bool is_http_allowed = false;
    };

    /// 0: any free one.
    int port = 0;
    std::string bind_address;
    /// Nothing: http://localhost and the port.
    std::optional<PublicUrl> public_url;
    std::string database_url;
    std::string database_direct_url;
    /// DATABASE_URL leads through a transaction pooler, as far as the settings tell.
    bool is_database_pooled = false;
    std::size_t database_pool_size = 0;
    bool is_migrating_on_start = true;
    std::vector<JwtKey> jwt_keys;
    std::chrono::seconds staff_token_lifetime{};
    std::chrono::hours staff_token_renewable_for{};
    /// As given; core's OriginPolicy understands it.
    std::string cors_allowed_origins;
    /// Names out of kAdapterNames, each once, in order of preference.
    std::vector<std::string> push_adapters;
    bool has_builtin() const { return std::ranges::count(push_adapters, "builtin") > 0; }
    PushMode push_mode = PushMode::kFailover;
    /// Nothing: a mirror skips nothing.
    std::optional<std::chrono::seconds> mirror_skip_after;
    TrustedProxies trusted_proxies;
    /// Requests and attempts per minute; 0: no limit.
    std::uint32_t rate_limit_address = 0;
    std::uint32_t rate_limit_caller = 0;
    std::uint32_t rate_limit_session = 0;
    std::uint32_t rate_limit_table = 0;
    std::uint32_t rate_limit_api_key = 0;
    std::uint32_t login_attempts_address = 0;
    std::uint32_t login_attempts_email = 0;
    std::uint32_t login_failures = 0;
    /// As given.
    ProviderTexts provider_texts;
    /// Those of the hosted providers whose adapters are used.
    std::optional<PusherProvider> pusher;
    std::optional<AblyProvider> ably;
    protocol::PusherApp builtin_app;
    std::chrono::seconds builtin_reconnect_hold{};
    BrokerKind broker = BrokerKind::kLocal;
    std::chrono::seconds instance_dead_after{};
    realtime::PusherAppOptions builtin_limits;
    realtime::HubOptions builtin_hub{.rules = realtime::kPusherChannelRules};
    BuiltinWebhooks builtin_webhooks;
    bool builtin_compression = false;
    bool has_socketio_polling = true;
    /// Empty, or up to 16 letters and digits.
    std::string socketio_instance;
    /// Empty, or "/realtime".
    std::string builtin_path_prefix;
    /// Empty: only signed webhooks of Ably.
    std::string ably_webhook_token;
    std::chrono::seconds webhook_age_max{};
    std::chrono::seconds presence_interval{};
    std::chrono::seconds presence_expiry{};
    std::vector<UnseenStep> unseen_steps;
    std::chrono::hours unseen_reporting{};
    std::chrono::hours event_retention{};
    std::size_t http_threads = 0;
    std::size_t io_threads = 0;
    std::size_t body_bytes_max = 0;
    std::size_t anonymous_body_bytes_max = 0;
    std::size_t http_memory_bytes_max = 0;
    /// 0: no bound.
    std::size_t http_memory_address_bytes_max = 0;
    std::size_t http_connections_max = 0;
    /// Both, or neither: the port is plain.
    TlsFiles tls_files;
    /// 0: the header Strict-Transport-Security is not sent.
    std::chrono::seconds strict_transport_age{};
    /// 0: no bound.
    std::size_t http_connections_address_max = 0;
    std::size_t socket_connections_address_max = 0;
    realtime::AddressLimits socket_address_limits;
    std::size_t socket_connections_max = 0;
    std::size_t socket_queue_bytes_max = 0;
    std::size_t socket_memory_bytes_max = 0;
    /// Empty: where web_folder.hpp says.
    std::string web_dir;
    std::chrono::seconds socket_stall_timeout{};
    std::chrono::seconds shutdown_deadline{};
    /// Parts of the deadline.
    std::chrono::seconds shutdown_notice{};
    std::chrono::seconds shutdown_spread{};
    log::Level log_level = log::Level::kInfo;
    /// Empty: nobody may read the metrics.
    std::string metrics_token;
    /// Empty: the operator has the command line alone.
    std::string operator_token;
};

/// Who thinks of a setting; one without a default must be set in any case.
enum class SettingGroup {
    kUsual,   ///< whoever deploys the service
    kExpert,  ///< who has measured, or read why
};

/// One row of the settings table.
struct SettingRow {
    std::string_view name;
    /// Nothing: required.
    std::optional<std::string_view> fallback;
    bool is_secret;
    std::string_view help;
    /// Puts the value into the settings; what is wrong with it, if anything.
    std::optional<std::string> (*apply)(Settings& settings, const std::string& value);
    SettingGroup group = SettingGroup::kExpert;
};

std::span<const SettingRow> settings_table();
/// Its part about how events are pushed.
std::span<const SettingRow> push_settings_table();
/// Its part about the public port.
std::span<const SettingRow> door_settings_table();
/// What is wrong with the public port's settings taken together.
std::vector<FieldError> door_faults(const Settings& settings);
/// Its part about the built-in server's clients.
std::span<const SettingRow> builtin_settings_table();
/// Its part about Socket.IO.
std::span<const SettingRow> socketio_settings_table();
/// What Socket.IO clients will not hear with these settings; nothing if they hear all.
std::optional<std::string> socketio_note(const Settings& settings);

/// How a variable of the environment is looked up.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Reads every row from `environment`, else from `dotenv` (the text of a .env file), else its
/// default; an empty value counts as none. All faults at once, one per row; a name in `dotenv` that
/// is no row is a fault too.
Result<Settings> load_settings(const Environment& environment, std::string_view dotenv);

/// NAME=value of every row as load_settings() would take it, one per line, secrets as ***.
std::string settings_in_force(const Environment& environment, std::string_view dotenv);

/// The text of .env.example: each row with its meaning and default, in groups: what must be set,
/// what usually is, the rest.
std::string settings_example();

}  // namespace orderpush
