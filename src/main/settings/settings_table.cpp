#include "base/crypto/crypto.hpp"
#include "base/rate_limiter.hpp"
#include "core/access/origin_policy.hpp"
#include "main/settings/setting_readers.hpp"
#include "main/settings/settings.hpp"
#include "storage/database/conninfo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace orderpush {
namespace {

constexpr std::size_t kSecretLengthMin = 32;

Fault read_count(const std::string& value, std::size_t least, std::size_t most, std::size_t& into) {
    return read_integer(value, least, most, into);
}

Fault read_secret(const std::string& value, std::string& into) {
    if (value.size() < kSecretLengthMin) {
        return fmt::format("must have at least {} characters", kSecretLengthMin);
    }
    into = value;
    return std::nullopt;
}

/// An IP address as it stands: names and old short forms are none ("localhost", "127.1").
Fault read_bind_address(Settings& settings, const std::string& value) {
    in_addr v4{};
    in6_addr v6{};
    // "fe80::1%eth0": which interface it is of is looked at when it is bound.
    const std::string without_zone = value.substr(0, value.find('%'));
    if (inet_pton(AF_INET, value.c_str(), &v4) != 1 &&
        inet_pton(AF_INET6, without_zone.c_str(), &v6) != 1) {
        return "must be an IP address, such as 0.0.0.0, 127.0.0.1 or ::";
    }
    settings.bind_address = value;
    return std::nullopt;
}

Fault read_database_url(const std::string& value, std::string& into) {
    auto fault = storage::database_url_fault(value);
    if (!fault) {
        into = value;
    }
    return fault;
}

Fault read_public_url(Settings& settings, const std::string& value) {
    PublicUrl url{.is_tls = value.starts_with("https://"), .host = {}, .port = 0};
    if (!url.is_tls && !value.starts_with("http://")) {
        return "must begin with http:// or https://";
    }
    const std::string authority = value.substr(url.is_tls ? 8 : 7);
    const auto colon = authority.find(':');
    url.host = authority.substr(0, colon);
    url.port = url.is_tls ? 443 : 80;
    if (url.host.empty() || authority.find_first_of("/?#@ ") != std::string::npos) {
        return "must be scheme://host or scheme://host:port, without a path";
    }
    if (colon != std::string::npos) {
        if (auto fault = read_integer(authority.substr(colon + 1), 1, 65'535, url.port)) {
            return "has a port that is none: it " + *fault;
        }
    }
    if (!OriginPolicy::parse("", url.origin())) {
        return "has a host that no browser would show";
    }
    settings.public_url = std::move(url);
    return std::nullopt;
}

/// "secret", or "kid:secret,kid:secret": the first signs, all verify.
Fault read_jwt_keys(Settings& settings, const std::string& value) {
    std::size_t begin = 0;
    while (begin <= value.size()) {
        const auto end = std::min(value.find(',', begin), value.size());
        const std::string part = value.substr(begin, end - begin);
        begin = end + 1;
        const auto colon = part.find(':');
        JwtKey key;
        if (auto fault = read_secret(
                colon == std::string::npos ? part : part.substr(colon + 1), key.secret
            )) {
            return "has a secret that is too short: each " + *fault;
        }
        // A bare secret is named by its own hash, so that it keeps its name when another is put
        // before it.
        key.kid =
            colon == std::string::npos ? sha256_hex(part).substr(0, 8) : part.substr(0, colon);
        const bool is_repeated =
            std::ranges::find(settings.jwt_keys, key.kid, &JwtKey::kid) != settings.jwt_keys.end();
        if (key.kid.empty() || is_repeated) {
            return "must name each secret once, as kid:secret";
        }
        settings.jwt_keys.push_back(std::move(key));
    }
    return std::nullopt;
}

/// One line of all that is wrong with the entries of a list.
std::string joined(const std::vector<FieldError>& faults) {
    std::string text;
    for (const FieldError& fault : faults) {
        text += (text.empty() ? "" : "; ") + fault.field + ' ' + fault.message;
    }
    return text;
}

Fault read_proxies(Settings& settings, const std::string& value) {
    auto proxies = TrustedProxies::parse(value);
    if (!proxies) {
        return joined(proxies.error().field_errors);
    }
    settings.trusted_proxies = std::move(*proxies);
    return std::nullopt;
}

Fault read_rate(const std::string& value, std::uint32_t& into) {
    return read_integer(value, std::uint32_t{0}, RateLimiter::kPerMinuteMax, into);
}

Fault read_origins(Settings& settings, const std::string& value) {
    const auto policy = OriginPolicy::parse(value, "");
    if (!policy) {
        return joined(policy.error().field_errors);
    }
    settings.cors_allowed_origins = value;
    return std::nullopt;
}

Fault read_boolean(const std::string& value, bool& into) {
    if (value != "true" && value != "false") {
        return "must be true or false";
    }
    into = value == "true";
    return std::nullopt;
}

/// Part of a URL and of "key:signature", so: letters, digits, '-' and '_'.
Fault read_app_key(Settings& settings, const std::string& value) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    if (!std::ranges::all_of(value, allowed)) {
        return "must have only letters, digits, '-' and '_'";
    }
    settings.builtin_app.key = value;
    return std::nullopt;
}

Fault read_app_id(Settings& settings, const std::string& value) {
    if (!std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
        return "must have only digits (server SDKs read it as a number)";
    }
    settings.builtin_app.id = value;
    return std::nullopt;
}

Fault read_log_level(Settings& settings, const std::string& value) {
    if (!log::parse_level(value, settings.log_level)) {
        return "must be debug, info, warn or error";
    }
    return std::nullopt;
}

Fault read_broker(Settings& settings, const std::string& value) {
    if (value != "local" && value != "postgres") {
        return "must be local or postgres";
    }
    settings.broker = value == "postgres" ? BrokerKind::kPostgres : BrokerKind::kLocal;
    return std::nullopt;
}

/// A whole number of `Unit`.
template <class Unit, class Duration>
Fault read_duration(const std::string& value, int least, int most, Duration& into) {
    int count = 0;
    auto fault = read_integer(value, least, most, count);
    into = Unit{count};
    return fault;
}

constexpr bool kSecret = true;
constexpr bool kPlain = false;
constexpr std::size_t kMebibyte = 1024 * 1024;

constexpr std::array kTable{
    SettingRow{
        "PORT",
        "8080",
        kPlain,
        "The one public port: HTTP and WebSocket. 0 takes any free one.",
        [](Settings& s, const std::string& v) { return read_integer(v, 0, 65'535, s.port); },
        SettingGroup::kUsual},
    SettingRow{
        "BIND_ADDRESS",
        "0.0.0.0",
        kPlain,
        "The IP address to listen on.",
        read_bind_address,
        SettingGroup::kUsual},
    SettingRow{
        "PUBLIC_URL",
        "",
        kPlain,
        "What browsers use, without a path: https://orders.example. Host, port and wss are derived "
        "from it. Empty: http://localhost and PORT.",
        read_public_url,
        SettingGroup::kUsual},
    SettingRow{
        "DATABASE_URL",
        std::nullopt,
        kSecret,
        "PostgreSQL: postgresql://user:password@host:port/database, or libpq's keyword=value list. "
        "Of several hosts (a:5432,b:5432) the one that takes writes is used. It may lead through a "
        "transaction pooler; DATABASE_DIRECT_URL is needed then.",
        [](Settings& s, const std::string& v) { return read_database_url(v, s.database_url); }},
    SettingRow{
        "DATABASE_DIRECT_URL",
        "",
        kSecret,
        "The same database past a transaction pooler, for migrations and the sessions that hold "
        "the relay's lease and listen. If it differs from DATABASE_URL, that is taken to lead "
        "through a transaction pooler. Empty: DATABASE_URL.",
        [](Settings& s, const std::string& v) {
            return read_database_url(v, s.database_direct_url);
        },
        SettingGroup::kUsual},
    SettingRow{
        "DB_POOL_SIZE",
        "10",
        kPlain,
        "Database connections for requests, at most; requests share those that the server grants.",
        [](Settings& s, const std::string& v) {
            return read_count(v, 1, 200, s.database_pool_size);
        }},
    SettingRow{
        "MIGRATE_ON_START",
        "true",
        kPlain,
        "Bring the schema up to date when the service starts. false: `orderpush migrate` does, and "
        "a start on an older schema is refused.",
        [](Settings& s, const std::string& v) { return read_boolean(v, s.is_migrating_on_start); },
        SettingGroup::kUsual},
    SettingRow{
        "JWT_SECRET",
        std::nullopt,
        kSecret,
        "Signs staff log-ins: one secret of at least 32 characters, or kid:secret,kid:secret to "
        "rotate (the first signs, all verify).",
        read_jwt_keys},
    SettingRow{
        "STAFF_TOKEN_HOURS",
        "12",
        kPlain,
        "How long a staff token lasts, in hours; pages renew theirs before it ends.",
        [](Settings& s, const std::string& v) {
            return read_duration<std::chrono::hours>(v, 1, 24 * 31, s.staff_token_lifetime);
        }},
    SettingRow{
        "STAFF_TOKEN_SECONDS",
        "",
        kPlain,
        "The same in seconds, from 2 to 86400, and then STAFF_TOKEN_HOURS counts nothing: to try "
        "out what happens when a token ends. Empty: STAFF_TOKEN_HOURS.",
        [](Settings& s, const std::string& v) {
            return v.empty()
                       ? Fault{}
                       : read_duration<std::chrono::seconds>(v, 2, 86'400, s.staff_token_lifetime);
        }},
    SettingRow{
        "STAFF_TOKEN_RENEW_DAYS",
        "30",
        kPlain,
        "So many days after a log-in its token can be renewed; then people log in again.",
        [](Settings& s, const std::string& v) {
            return read_duration<std::chrono::days>(v, 1, 366, s.staff_token_renewable_for);
        }},
    SettingRow{
        "CORS_ALLOWED_ORIGINS",
        "",
        kPlain,
        "Browser origins that may call the API and open WebSockets, comma separated: exact "
        "(https://shop.example) or with * inside a host label (https://shop-*-team.vercel.app). "
        "PUBLIC_URL's own origin always may.",
        read_origins,
        SettingGroup::kUsual},
    SettingRow{
        "TRUSTED_PROXIES",
        "",
        kPlain,
        "Proxies in front of the service, comma separated IP addresses and networks "
        "(10.0.0.0/8,fd00::/8): the client's address is then the right-most entry of their "
        "X-Forwarded-For that is none of them. Empty: whoever connects is the client.",
        read_proxies,
        SettingGroup::kUsual},
    SettingRow{
        "RATE_LIMIT_ADDRESS_PER_MINUTE",
        "12000",
        kPlain,
        "Requests per minute from one client address (IPv6: /64 network); beyond it 429. A "
        "minute's "
        "worth may come at once. Health checks do not count. 0: no limit.",
        [](Settings& s, const std::string& v) { return read_rate(v, s.rate_limit_address); }},
    SettingRow{
        "RATE_LIMIT_CALLER_PER_MINUTE",
        "1200",
        kPlain,
        "The same for one guest's device or one member of staff. 0: no limit.",
        [](Settings& s, const std::string& v) { return read_rate(v, s.rate_limit_caller); }},
    SettingRow{
        "RATE_LIMIT_SESSION_PER_MINUTE",
        "3000",
        kPlain,
        "The same for all guests of one table session together, whatever their devices call "
        "themselves. 0: no limit.",
        [](Settings& s, const std::string& v) { return read_rate(v, s.rate_limit_session); }},
    SettingRow{
        "RATE_LIMIT_TABLE_PER_MINUTE",
        "120",
        kPlain,
        "Guests per minute who sit down at one table, from one client address; ten times as many "
        "from all addresses. 0: no limit.",
        [](Settings& s, const std::string& v) { return read_rate(v, s.rate_limit_table); }},
    SettingRow{
        "RATE_LIMIT_API_KEY_PER_MINUTE",
        "12000",
        kPlain,
        "The same for one API key. 0: no limit.",
        [](Settings& s, const std::string& v) { return read_rate(v, s.rate_limit_api_key); }},
    SettingRow{
        "LOGIN_ATTEMPTS_ADDRESS_PER_MINUTE",
        "60",
        kPlain,
        "Staff log-ins per minute from one client address, failed or not. 0: no limit.",
        [](Settings& s, const std::string& v) { return read_rate(v, s.login_attempts_address); }},
    SettingRow{
        "LOGIN_ATTEMPTS_EMAIL_PER_MINUTE",
        "100",
        kPlain,
        "Failed staff log-ins per minute for one e-mail address, from whatever client address. Its "
        "owner is locked out as well while it holds, so it is far above the next. 0: no limit.",
        [](Settings& s, const std::string& v) { return read_rate(v, s.login_attempts_email); }},
    SettingRow{
        "LOGIN_FAILURES_PER_MINUTE",
        "10",
        kPlain,
        "Failed staff log-ins per minute for one e-mail address from one client address. 0: no "
        "limit.",
        [](Settings& s, const std::string& v) { return read_rate(v, s.login_failures); }},
    SettingRow{
        "BUILTIN_APP_ID",
        "1",
        kPlain,
        "The built-in server's application id, digits.",
        read_app_id,
        SettingGroup::kUsual},
    SettingRow{
        "BUILTIN_KEY",
        "orderpush",
        kPlain,
        "The built-in server's application key; public, part of the WebSocket URL.",
        read_app_key,
        SettingGroup::kUsual},
    SettingRow{
        "BUILTIN_SECRET",
        std::nullopt,
        kSecret,
        "The built-in server's application secret, at least 32 characters; signs channel access.",
        [](Settings& s, const std::string& v) { return read_secret(v, s.builtin_app.secret); }},
    SettingRow{
        "BUILTIN_RECONNECT_SECONDS",
        "20",
        kPlain,
        "For so long after a start, events for a kitchen or for waiters wait until one of them is "
        "connected again (pusher-js tries after 1 s, then after 15 s). 0: they do not wait.",
        [](Settings& s, const std::string& v) {
            return read_duration<std::chrono::seconds>(v, 0, 600, s.builtin_reconnect_hold);
        }},
    SettingRow{
        "BROKER",
        "local",
        kPlain,
        "How instances share what they broadcast to WebSockets: local (one instance only) or "
        "postgres (any number on one database; the same on all of them).",
        read_broker,
        SettingGroup::kUsual},
    SettingRow{
        "INSTANCE_DEAD_SECONDS",
        "15",
        kPlain,
        "After so much silence the others take an instance for dead and drop its members.",
        [](Settings& s, const std::string& v) {
            return read_duration<std::chrono::seconds>(v, 5, 600, s.instance_dead_after);
        }},
    SettingRow{
        "EVENT_RETENTION_HOURS",
        "24",
        kPlain,
        "For how long events can be fetched again by those who missed them, in hours, at most 720. "
        "What could not be delivered stays twice as long.",
        [](Settings& s, const std::string& v) {
            return read_duration<std::chrono::hours>(v, 1, 720, s.event_retention);
        }},
    SettingRow{
        "HTTP_THREADS",
        "8",
        kPlain,
        "Threads for requests that wait for the database.",
        [](Settings& s, const std::string& v) { return read_count(v, 1, 256, s.http_threads); }},
    SettingRow{
        "IO_THREADS",
        "2",
        kPlain,
        "Threads that own the sockets.",
        [](Settings& s, const std::string& v) { return read_count(v, 1, 64, s.io_threads); }},
    SettingRow{
        "BODY_BYTES_MAX",
        "1048576",
        kPlain,
        "Largest request body, in bytes; beyond it 413.",
        [](Settings& s, const std::string& v) {
            return read_count(v, 1024, 64 * kMebibyte, s.body_bytes_max);
        }},
    SettingRow{
        "WEB_DIR",
        "",
        kPlain,
        "The folder of the pages (/docs), as web/build.mjs makes it. Empty: web beside the binary, "
        "else ../share/orderpush/web from there.",
        [](Settings& s, const std::string& v) -> Fault {
            s.web_dir = v;
            return std::nullopt;
        }},
    SettingRow{
        "METRICS_TOKEN",
        "",
        kSecret,
        "What whoever reads GET /metrics sends as a bearer token, at least 32 characters. Empty: "
        "there are no metrics.",
        [](Settings& s, const std::string& v) { return read_secret(v, s.metrics_token); },
        SettingGroup::kUsual},
    SettingRow{
        "OPERATOR_TOKEN",
        "",
        kSecret,
        "What the operator sends as a bearer token, at least 32 characters: to create and disable "
        "restaurants, and for what belongs to no single one, such as the webhooks of applications. "
        "Empty: the operator has the command line alone.",
        [](Settings& s, const std::string& v) { return read_secret(v, s.operator_token); },
        SettingGroup::kUsual},
    SettingRow{
        "LOG_LEVEL",
        "info",
        kPlain,
        "debug, info, warn or error.",
        read_log_level,
        SettingGroup::kUsual},
};

}  // namespace

std::span<const SettingRow> settings_table() {
    static const std::vector<SettingRow> rows = [] {
        std::vector<SettingRow> all{kTable.begin(), kTable.end()};
        const auto put_before = [&all](std::string_view name, std::span<const SettingRow> added) {
            all.insert(std::ranges::find(all, name, &SettingRow::name), added.begin(), added.end());
        };
        put_before("WEB_DIR", door_settings_table());
        put_before("BUILTIN_APP_ID", push_settings_table());
        put_before("EVENT_RETENTION_HOURS", builtin_settings_table());
        put_before("EVENT_RETENTION_HOURS", socketio_settings_table());
        return all;
    }();
    return rows;
}

}  // namespace orderpush
