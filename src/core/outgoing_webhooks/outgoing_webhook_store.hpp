#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/idempotency_store.hpp"
#include "core/ids.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_target.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

using ChannelEventId = Id<struct ChannelEventTag>;
using WebhookEndpointId = Id<struct WebhookEndpointTag>;
using OutgoingWebhookId = Id<struct OutgoingWebhookTag>;
/// A process that stores what happened, one start of it.
using WebhookInstanceId = Id<struct WebhookInstanceTag>;

/// Something that happened on a channel of the built-in server.
struct ChannelEvent {
    ChannelEventId id;
    std::string app_id;
    /// As Pusher spells it.
    std::string channel;
    ChannelEventKind kind = ChannelEventKind::kOccupied;
    /// Of kMemberAdded and kMemberRemoved; of a member's kClientEvent.
    std::optional<std::string> user_id = {};
    /// Of kClientEvent.
    std::optional<std::string> event = {};
    std::optional<std::string> data = {};
    std::optional<std::string> socket_id = {};
    /// Of kSubscriptionCount.
    std::optional<std::int64_t> subscribers = {};
    Timestamp at;
};

struct StoredChannelEvent {
    ChannelEvent event;
    /// Grows by one with each event of the channel, whoever gets it.
    std::int64_t sequence = 0;
    /// Grows with each event of all.
    std::int64_t position = 0;
};

/// Who gets webhooks, as configured.
struct EndpointConfig {
    std::string app_id;
    /// As parse_webhook_target() takes it.
    std::string target;

    auto operator<=>(const EndpointConfig&) const = default;
};

struct WebhookEndpoint {
    WebhookEndpointId id;
    /// Empty for a restaurant's own.
    std::string app_id;
    std::string target;
    /// Nothing: it is not disabled.
    std::optional<std::string> disabled_reason = {};
    std::optional<Timestamp> disabled_at = {};
    /// Attempts that failed since the last one that did not.
    int failures = 0;
    std::optional<Timestamp> failing_since = {};
    std::optional<Timestamp> last_success_at = {};
    /// The last event that is in a webhook of it, or that it does not want.
    std::int64_t position = 0;
    /// Webhooks made and not settled. Of OutgoingWebhookStore::endpoints() only.
    std::int64_t pending_count = 0;
    /// Whose own it is, see RestaurantWebhookStore; nothing: of an application of the built-in
    /// server.
    std::optional<RestaurantId> restaurant = {};
    /// Of a restaurant's own: its secret, as SecretBox::seal() gives it.
    std::string sealed_secret = {};
};

enum class WebhookState {
    kPending,
    kDelivered,
    kExpired,  ///< given up after its time
    kDropped,  ///< given up when the logs began a new epoch
};
/// "pending", "delivered", "expired", "dropped".
std::string_view to_string(WebhookState state) noexcept;
std::optional<WebhookState> parse_webhook_state(std::string_view word);

/// A webhook that waits.
struct PendingWebhook {
    OutgoingWebhookId id;
    std::string body;
    int attempts = 0;
    /// Others need not wait for it.
    bool is_late = false;
};

struct NewWebhook {
    OutgoingWebhookId id;
    WebhookEndpointId endpoint;
    std::string body;
    int event_count = 0;
    Timestamp at;
    Timestamp expires_at;
};

struct WebhookAttempt {
    int attempt = 0;
    Timestamp at;
    std::chrono::milliseconds duration{0};
    /// Nothing: there was no answer.
    std::optional<int> status = {};
    std::string reason = {};
    std::string answer = {};
};

/// What becomes of a webhook and its endpoint after an attempt.
struct WebhookOutcome {
    OutgoingWebhookId webhook;
    WebhookEndpointId endpoint;
    WebhookAttempt attempt;
    bool is_delivered = false;
    /// Of the webhook alone; the others go on.
    bool is_late = false;
    std::optional<Timestamp> webhook_not_before = {};
    /// Another one that the others need not wait for any longer.
    std::optional<OutgoingWebhookId> overtaken = {};
    // The endpoint, from now on.
    int failures = 0;
    std::optional<Timestamp> failing_since = {};
    std::optional<Timestamp> not_before = {};
    std::optional<std::string> disabled_reason = {};
};

struct ListedWebhook {
    OutgoingWebhookId id;
    WebhookEndpointId endpoint;
    /// Empty for a restaurant's own.
    std::string app_id;
    WebhookState state = WebhookState::kPending;
    int event_count = 0;
    int attempt_count = 0;
    Timestamp created_at;
    std::optional<Timestamp> not_before = {};
    std::optional<Timestamp> settled_at = {};
    /// The last 20, oldest first.
    std::vector<WebhookAttempt> attempts = {};
};

/// Who looks after webhooks: a restaurant sees its own; nothing: the operator, who sees those of
/// the built-in server's applications.
using WebhookReader = std::optional<RestaurantId>;

struct WebhookFilter {
    std::optional<WebhookState> state = {};
    std::optional<WebhookEndpointId> endpoint = {};
    /// Those before this one.
    std::optional<OutgoingWebhookId> after = {};
    WebhookReader reader = {};
    /// 1 to 201.
    int limit = 50;
};

/// What is removed, and given up.
struct WebhookPurge {
    Timestamp now;
    /// Events that nobody has got by then are lost.
    Timestamp events_before;
    /// Webhooks made before this go once they are settled.
    Timestamp webhooks_before;
    /// Channels without subscribers that were last used before this are forgotten.
    Timestamp channels_before;
    /// Rows of each kind at most.
    int limit = 1'000;
};

struct PurgedWebhooks {
    std::int64_t expired_webhooks = 0;
    /// Events that some endpoint wanted and did not get.
    std::int64_t lost_events = 0;
};

/// Webhooks of the built-in server: what happened, who gets it, and what they answered.
/// Implementations: storage (PostgreSQL) and tests/support (in memory); one contract suite judges
/// both. Any thread; blocks. Beside what a member names, each can answer kUnavailable and kTimeout.
class OutgoingWebhookStore {
  public:
    OutgoingWebhookStore() = default;
    OutgoingWebhookStore(const OutgoingWebhookStore&) = delete;
    OutgoingWebhookStore& operator=(const OutgoingWebhookStore&) = delete;
    virtual ~OutgoingWebhookStore() = default;

    /// Stores what happened on `instance`, in this order, 1 to 500; how many are to be sent: who
    /// comes is only sent if nobody was there on any instance, who leaves only if nobody is left. A
    /// channel, or a member of it, comes or leaves at most once in `events`. Repeating it after an
    /// unknown outcome sends comings and goings once, and others perhaps twice with the same id.
    virtual Result<std::size_t> record(
        const WebhookInstanceId& instance, std::span<const ChannelEvent> events, Timestamp now
    ) = 0;
    /// Says that `instance` lives, and takes the seats of those away that have not said so since
    /// `unseen_before`, at most `limit`: those without another instance's are sent as left. How
    /// many seats.
    virtual Result<std::size_t> keep_seats(
        const WebhookInstanceId& instance, Timestamp now, Timestamp unseen_before, int limit
    ) = 0;

    /// These endpoints get webhooks from now on, and no others but restaurants' own. A new one
    /// begins with what happens next; ids are taken from `ids`.
    virtual Result<void> set_endpoints(
        std::span<const EndpointConfig> endpoints, IdSource& ids, Timestamp now
    ) = 0;
    /// The configured ones, in the order of app and target.
    virtual Result<std::vector<WebhookEndpoint>> endpoints(const WebhookReader& reader) = 0;
    /// Tries again what waits, at once, and keeps `answer` with it. kNotFound
    /// "endpoint_not_found": or not the reader's; kConflict "idempotency_key_taken".
    virtual Result<WebhookEndpoint> enable(
        const WebhookEndpointId& id,
        const WebhookReader& reader,
        const std::optional<StoredResponse>& answer
    ) = 0;

    /// An endpoint that has something to be sent, and that nobody else sends to until
    /// `leased_until`: a webhook that is due, or events stored by `stored_until`. Nothing if there
    /// is none.
    virtual Result<std::optional<WebhookEndpoint>> claim(
        const WebhookInstanceId& owner,
        Timestamp now,
        Timestamp stored_until,
        Timestamp leased_until
    ) = 0;
    /// Of an endpoint that is still `owner`'s; then others have their turn.
    virtual Result<void> release(
        const WebhookEndpointId& id, const WebhookInstanceId& owner, Timestamp now
    ) = 0;
    /// The first two that are due: late ones whose time has come, and those in their turn.
    virtual Result<std::vector<PendingWebhook>> pending(
        const WebhookEndpointId& endpoint, Timestamp now
    ) = 0;
    /// Of an app, behind `position`, in order.
    virtual Result<std::vector<StoredChannelEvent>> read_events(
        const std::string& app_id, std::int64_t position, int limit
    ) = 0;
    /// Moves the endpoint from one position to the other and adds the webhook, if there is one, in
    /// one step. kConflict "position_moved": somebody else did.
    virtual Result<void> advance(
        const WebhookEndpointId& endpoint,
        std::int64_t from,
        std::int64_t to,
        const std::optional<NewWebhook>& webhook
    ) = 0;
    /// Settles one that is still pending; of another nothing but the attempt is stored.
    virtual Result<void> settle(const WebhookOutcome& outcome, Timestamp now) = 0;

    /// Newest first.
    virtual Result<std::vector<ListedWebhook>> list(const WebhookFilter& filter) = 0;
    /// Sends it again, the same bytes, out of its turn, until `expires_at`, and keeps `answer` with
    /// it. kNotFound "webhook_not_found": or not the reader's; kConflict "endpoint_removed": it is
    /// not configured any more, "idempotency_key_taken".
    virtual Result<void> replay(
        const OutgoingWebhookId& id,
        const WebhookReader& reader,
        Timestamp now,
        Timestamp expires_at,
        const std::optional<StoredResponse>& answer
    ) = 0;
    virtual Result<PurgedWebhooks> purge(const WebhookPurge& purge) = 0;
};

}  // namespace orderpush
