#include "usecases/pusher_apps/pusher_app_registry.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_target.hpp"
#include "usecases/validation.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace orderpush::usecases {
namespace {

constexpr std::size_t kIdLengthMax = 18;
constexpr std::size_t kKeyLengthMax = 64;
constexpr std::size_t kSecretLengthMin = 16;
constexpr std::size_t kSecretLengthMax = 256;
constexpr std::size_t kConnectionsMax = 10'000'000;
/// Of subscriptions and of messages a second.
constexpr std::size_t kRateMax = 100'000;
constexpr std::size_t kClientEventRateMax = 10'000;
/// What one request may carry at most is bounded by the HTTP server.
constexpr std::size_t kEventBytesMax = 8U << 20U;
constexpr std::size_t kWebhooksMax = 10;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_key_character(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

bool is_visible(char c) {
    return c > ' ' && c < '\x7f';
}

/// Seven digits, as the hosted service's.
std::string made_up_id() {
    std::array<std::uint8_t, sizeof(std::uint32_t)> bytes{};
    fill_random(bytes);
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return std::to_string(1'000'000 + number % 9'000'000);
}

bool is_webhook_url(std::string_view url) {
    return parse_webhook_target(url).has_value();
}

/// As the settings' own bounds.
template <class Number>
bool is_between(const std::optional<Number>& given, std::size_t most) {
    return !given || (*given >= 1 && *given <= most);
}

Result<void> validate(const HostedApp& app) {
    std::vector<FieldError> errors;
    const auto check = [&](bool is_good, const char* field, const char* message) {
        if (!is_good) {
            errors.push_back({field, message});
        }
    };
    check(
        !app.id.empty() && app.id.size() <= kIdLengthMax && std::ranges::all_of(app.id, is_digit),
        "id",
        "has 1 to 18 digits"
    );
    check(
        !app.key.empty() && app.key.size() <= kKeyLengthMax &&
            std::ranges::all_of(app.key, is_key_character),
        "key",
        "has 1 to 64 letters, digits, '-' and '_'"
    );
    check(
        app.secret.size() >= kSecretLengthMin && app.secret.size() <= kSecretLengthMax &&
            std::ranges::all_of(app.secret, is_visible),
        "secret",
        "has 16 to 256 visible ASCII characters"
    );
    check(
        is_between(app.connections_max, kConnectionsMax), "connections", "is between 1 and 10000000"
    );
    check(is_between(app.subscriptions_max, kRateMax), "subscriptions", "is between 1 and 100000");
    check(
        is_between(app.messages_per_second_max, kRateMax),
        "messages-per-second",
        "is between 1 and 100000"
    );
    check(
        is_between(app.client_events_per_second_max, kClientEventRateMax),
        "client-events-per-second",
        "is between 1 and 10000"
    );
    check(
        app.event_bytes_max >= 1 && app.event_bytes_max <= kEventBytesMax,
        "event-bytes",
        "is between 1 and 8388608"
    );
    check(app.webhook_urls.size() <= kWebhooksMax, "webhook", "is given ten times at most");
    check(
        std::ranges::all_of(app.webhook_urls, is_webhook_url),
        "webhook",
        "is an http or https URL, with #events=… and channels=… at most behind it"
    );
    return refuse_if_any(std::move(errors));
}

}  // namespace

PusherAppRegistry::PusherAppRegistry(
    PusherAppStore& store, SecretBox box, HostedApp default_app, const Clock& clock
)
    : store_(store), box_(std::move(box)), default_app_(std::move(default_app)), clock_(clock) {}

Result<HostedApp> PusherAppRegistry::add(const AppDraft& draft) {
    HostedApp app{
        .id = draft.id ? *draft.id : made_up_id(),
        .key = draft.key ? *draft.key : random_token(15),
        .secret = draft.secret ? *draft.secret : random_token(30),
        .connections_max = draft.connections_max,
        .event_bytes_max = draft.event_bytes_max,
        .has_client_events = draft.has_client_events,
        .has_subscription_count = draft.has_subscription_count,
        .webhook_urls = draft.webhook_urls,
        .subscriptions_max = draft.subscriptions_max,
        .messages_per_second_max = draft.messages_per_second_max,
        .client_events_per_second_max = draft.client_events_per_second_max};
    ORDERPUSH_TRY(validate(app));
    if (app.id == default_app_.id || app.key == default_app_.key) {
        return Error{
            .kind = ErrorKind::kConflict,
            .code = "app_taken",
            .message = "The application of the settings has that id or key."};
    }
    HostedApp stored = app;
    stored.secret = box_.seal(app.secret);
    ORDERPUSH_TRY(store_.add(stored, clock_.now()));
    return app;
}

Result<PusherAppRegistry::Listed> PusherAppRegistry::list() {
    auto stored = ORDERPUSH_TRY(store_.list(kAppsMax));
    Listed listed;
    for (HostedApp& app : stored) {
        auto secret = box_.open(app.secret);
        if (!secret) {
            listed.unreadable.push_back(app.id);
            continue;
        }
        app.secret = *std::move(secret);
        listed.apps.push_back(std::move(app));
    }
    return listed;
}

Result<void> PusherAppRegistry::set_disabled(const std::string& id, bool is_disabled) {
    return store_.set_disabled(id, is_disabled);
}

Result<void> PusherAppRegistry::remove(const std::string& id) {
    return store_.remove(id);
}

}  // namespace orderpush::usecases
