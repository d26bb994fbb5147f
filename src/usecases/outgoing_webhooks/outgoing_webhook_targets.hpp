#pragma once

#include "base/guarded.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::usecases {

/// An application of the built-in server, as far as webhooks go.
struct WebhookApp {
    std::string id;
    std::string key;
    std::string secret;
    /// As parse_webhook_target() takes them.
    std::vector<std::string> targets;
    /// Whether subscribers are counted for it: it gets no webhook of what it does not use.
    bool has_subscription_counts = true;

    bool operator==(const WebhookApp&) const = default;
};

/// Who gets which webhooks, as configured now. Any thread.
class OutgoingWebhookTargets {
  public:
    /// All applications; asked at each refresh().
    using Source = std::function<std::vector<WebhookApp>()>;
    explicit OutgoingWebhookTargets(Source source);

    /// Asks the source again; whether anything changed. A target that cannot be read is left out,
    /// with a line in the log.
    bool refresh();

    /// refresh(), and has the store know the endpoints if it does not know them as they are.
    /// Blocks.
    Result<void> keep_in(OutgoingWebhookStore& store, IdSource& ids, Timestamp now);
    /// keep_in(), unless it was done since the last change: an endpoint gets what is stored
    /// after the store knows of it, so nothing is stored before. Blocks while somebody else is at
    /// it.
    Result<void> ensure_in(OutgoingWebhookStore& store, IdSource& ids, Timestamp now);

    bool is_empty() const noexcept { return is_empty_.load(std::memory_order_relaxed); }
    /// As ChannelEventSink::wants(). Never blocks for long.
    bool wants(std::string_view app_id, ChannelEventKind kind, std::string_view channel) const;
    std::vector<EndpointConfig> endpoints() const;

    struct Credentials {
        std::string key;
        std::string secret;
    };
    /// Nothing if there is no such application.
    std::optional<Credentials> credentials(const std::string& app_id) const;

  private:
    struct Entry {
        WebhookApp app;
        /// Those that can be read, and how they are written.
        std::vector<OutgoingWebhookTarget> targets;
        std::vector<std::string> texts;
    };
    using Table = std::map<std::string, Entry, std::less<>>;

    const Source source_;
    std::atomic<bool> is_empty_{true};
    Guarded<std::shared_ptr<const Table>> table_{std::make_shared<const Table>()};

    std::mutex keeping_;
    bool is_kept_ = false;  // guarded by keeping_

    // Under keeping_.
    Result<void> keep(OutgoingWebhookStore& store, IdSource& ids, Timestamp now);
};

}  // namespace orderpush::usecases
