#include "main/settings/provider_settings.hpp"

#include "adapters/pusher/pusher_adapter.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush {
namespace {

using Faults = std::vector<FieldError>;

constexpr std::string_view kHostedPrefix = "api-";
constexpr std::string_view kHostedSuffix = ".pusher.com";
/// The host that older SDKs call; it serves the first cluster.
constexpr std::string_view kHostedOld = "api.pusherapp.com";

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Letters, digits, '-', '_' and whatever else is given.
bool is_of(std::string_view text, std::string_view others = {}) {
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || others.find(c) != std::string_view::npos;
    });
}

std::optional<int> port_of(std::string_view text) {
    int port = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, port);
    const bool is_port = failure == std::errc{} && stopped == end && port >= 1 && port <= 65'535;
    return is_port ? std::optional{port} : std::nullopt;
}

/// "push.example", "push.example:8443", "http://localhost:6001".
std::optional<ServerAddress> read_address(std::string_view text) {
    ServerAddress address;
    if (text.starts_with("http://")) {
        address.is_tls = false;
        address.port = 80;
        text.remove_prefix(7);
    } else if (text.starts_with("https://")) {
        text.remove_prefix(8);
    }
    const auto colon = text.find(':');
    if (colon != std::string_view::npos) {
        const auto port = port_of(text.substr(colon + 1));
        if (!port) {
            return std::nullopt;
        }
        address.port = *port;
    }
    address.host = text.substr(0, colon);
    return is_of(address.host, ".") ? std::optional{address} : std::nullopt;
}

struct Rest {
    std::string_view before;
    std::string_view behind;
};

/// The two sides of the first `mark`; nothing without one.
std::optional<Rest> split(std::string_view text, std::string_view mark) {
    const auto at = text.find(mark);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    return Rest{text.substr(0, at), text.substr(at + mark.size())};
}

/// Fills in from PUSHER_URL what the other settings leave open; false if it cannot be read.
bool complete_from_url(ProviderTexts& texts) {
    const auto scheme = split(texts.pusher_url, "://");
    const auto path = scheme ? split(scheme->behind, "/apps/") : std::nullopt;
    const auto credentials = path ? split(path->before, "@") : std::nullopt;
    const auto pair = credentials ? split(credentials->before, ":") : std::nullopt;
    if (!pair || (scheme->before != "http" && scheme->before != "https")) {
        return false;
    }
    const auto fill = [](std::string& into, std::string_view value) {
        if (into.empty()) {
            into = value;
        }
    };
    fill(texts.pusher_app_id, path->behind);
    fill(texts.pusher_key, pair->before);
    fill(texts.pusher_secret, pair->behind);
    if (!texts.pusher_cluster.empty() || !texts.pusher_host.empty()) {
        return true;
    }
    const std::string_view host = credentials->behind;
    if (host == kHostedOld) {
        texts.pusher_cluster = "mt1";
    } else if (host.starts_with(kHostedPrefix) && host.ends_with(kHostedSuffix)) {
        texts.pusher_cluster = host.substr(
            kHostedPrefix.size(), host.size() - kHostedPrefix.size() - kHostedSuffix.size()
        );
    } else {
        texts.pusher_host = std::string{scheme->before} + "://" + std::string{host};
    }
    return true;
}

void check_pusher_app(const protocol::PusherApp& app, Faults& faults) {
    if (!is_digits(app.id)) {
        faults.push_back({"PUSHER_APP_ID", "is required with the adapter pusher: digits"});
    }
    if (!is_of(app.key)) {
        faults.push_back(
            {"PUSHER_KEY", "is required with the adapter pusher: letters, digits, '-' and '_'"}
        );
    }
    if (app.secret.empty()) {
        faults.push_back({"PUSHER_SECRET", "is required with the adapter pusher"});
    }
}

/// A host of our own wins over a cluster.
void read_pusher_server(const ProviderTexts& texts, PusherProvider& provider, Faults& faults) {
    if (!texts.pusher_host.empty()) {
        const auto address = read_address(texts.pusher_host);
        if (address) {
            provider.server = *address;
        } else {
            faults.push_back({"PUSHER_HOST", "must be a host, host:port or scheme://host:port"});
        }
        return;
    }
    if (!is_of(texts.pusher_cluster)) {
        faults.push_back(
            {"PUSHER_CLUSTER",
             "is required with the adapter pusher (eu, us2, mt1, …), or PUSHER_HOST"}
        );
        return;
    }
    provider.cluster = texts.pusher_cluster;
    provider.server = read_address(adapters::pusher_origin(provider.cluster)).value();
}

}  // namespace

std::string ServerAddress::origin() const {
    const bool is_usual_port = port == (is_tls ? 443 : 80);
    return (is_tls ? "https://" : "http://") + host +
           (is_usual_port ? "" : ":" + std::to_string(port));
}

Result<PusherProvider> read_pusher(const ProviderTexts& given) {
    ProviderTexts texts = given;
    Faults faults;
    if (!texts.pusher_url.empty() && !complete_from_url(texts)) {
        faults.push_back({"PUSHER_URL", "must be scheme://key:secret@host/apps/id"});
    }
    PusherProvider provider{
        .app = {.id = texts.pusher_app_id, .key = texts.pusher_key, .secret = texts.pusher_secret}};
    check_pusher_app(provider.app, faults);
    read_pusher_server(texts, provider, faults);
    if (!faults.empty()) {
        return invalid_fields(std::move(faults));
    }
    return provider;
}

Result<AblyProvider> read_ably(const ProviderTexts& texts) {
    Faults faults;
    AblyProvider provider;
    if (auto key = protocol::parse_ably_key(texts.ably_api_key)) {
        provider.key = std::move(*key);
    } else {
        faults.push_back({"ABLY_API_KEY", "is required with the adapter ably: appId.keyId:secret"});
    }
    if (!texts.ably_rest_host.empty()) {
        provider.server = read_address(texts.ably_rest_host);
        if (!provider.server) {
            faults.push_back({"ABLY_REST_HOST", "must be a host, host:port or scheme://host:port"});
        }
    }
    if (!faults.empty()) {
        return invalid_fields(std::move(faults));
    }
    return provider;
}

}  // namespace orderpush
