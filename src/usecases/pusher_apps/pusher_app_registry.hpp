#pragma once

#include "base/crypto/secret_box.hpp"
#include "base/result.hpp"
#include "core/pusher_apps/pusher_app_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

/// Applications stored in all.
inline constexpr int kAppsMax = 1'000;

/// What an application is made from: what is not given is made up, or a default.
struct AppDraft {
    std::optional<std::string> id = {};
    std::optional<std::string> key = {};
    /// For taking over an application from elsewhere; 16 characters at least.
    std::optional<std::string> secret = {};
    std::optional<std::size_t> connections_max = {};
    std::size_t event_bytes_max = kEventBytesMaxDefault;
    bool has_client_events = false;
    bool has_subscription_count = false;
    std::vector<std::string> webhook_urls = {};
    std::optional<std::size_t> subscriptions_max = {};
    std::optional<std::uint32_t> messages_per_second_max = {};
    std::optional<std::uint32_t> client_events_per_second_max = {};
};

/// Additional applications of the built-in server. Their secrets are sealed where they are stored.
/// Any thread; blocks on the store.
class PusherAppRegistry {
  public:
    /// The id and key of `default_app` are taken.
    PusherAppRegistry(
        PusherAppStore& store, SecretBox box, HostedApp default_app, const Clock& clock
    );

    /// With its secret, which is not shown again. kInvalid "invalid_fields", kConflict "app_taken".
    Result<HostedApp> add(const AppDraft& draft);
    struct Listed {
        /// With their secrets.
        std::vector<HostedApp> apps;
        /// The ids of those whose secret can no longer be opened, see SecretBox.
        std::vector<std::string> unreadable;

        bool operator==(const Listed&) const = default;
    };
    Result<Listed> list();
    /// Whether it serves its clients and servers, until the next call. kNotFound "app_unknown".
    Result<void> set_disabled(const std::string& id, bool is_disabled);
    /// kNotFound "app_unknown".
    Result<void> remove(const std::string& id);

  private:
    PusherAppStore& store_;
    const SecretBox box_;
    const HostedApp default_app_;
    const Clock& clock_;
};

}  // namespace orderpush::usecases
