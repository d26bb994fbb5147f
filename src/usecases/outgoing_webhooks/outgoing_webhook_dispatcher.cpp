#include "usecases/outgoing_webhooks/outgoing_webhook_dispatcher.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_body.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::usecases {
namespace {

using std::chrono::milliseconds;

/// Events looked at for one webhook, and bytes of its body after which no more are taken.
constexpr int kEventsReadMax = 500;
constexpr std::size_t kBodyBytesMax = 256U << 10U;
/// Webhooks sent before the next endpoint has its turn.
constexpr int kWebhooksPerTurn = 20;
/// Channels that nobody uses keep their sequence for so long.
constexpr std::chrono::hours kChannelLifetime{48};
constexpr int kPurgeMax = 10'000;
constexpr milliseconds kMaintenanceInterval{2'000};
constexpr int kStatusGone = 410;

void warn(const char* event, const Error& error) {
    log::warn(event, {{"reason", error.code}, {"detail", error.detail}});
}

bool is_success(const Result<WebhookAnswer>& answer) {
    return answer && answer->status >= 200 && answer->status < 300;
}

/// Bytes of it in a body, about.
std::size_t size_of(const ChannelEvent& event) {
    constexpr std::size_t kFrame = 160;
    return kFrame + event.channel.size() + event.data.value_or("").size() +
           event.event.value_or("").size() + event.user_id.value_or("").size();
}

}  // namespace

OutgoingWebhookDispatcher::OutgoingWebhookDispatcher(
    OutgoingWebhookStore& store,
    OutgoingWebhookSender& sender,
    OutgoingWebhookTargets& targets,
    IdSource& ids,
    const Clock& clock,
    OutgoingWebhookDispatcherOptions options
)
    : store_(store),
      sender_(sender),
      targets_(targets),
      ids_(ids),
      clock_(clock),
      options_(std::move(options)),
      owner_(ids.make<WebhookInstanceId>()) {
    for (std::size_t i = 0; i < options_.workers; ++i) {
        workers_.emplace_back(
            "webhook_dispatcher",
            [this, is_maintainer = i == 0](const std::stop_token&) { return step(is_maintainer); },
            WorkerOptions{.gather = options_.batch_window}
        );
    }
}

OutgoingWebhookDispatcher::~OutgoingWebhookDispatcher() {
    stop();
}

void OutgoingWebhookDispatcher::start() {
    for (Worker& worker : workers_) {
        worker.start();
    }
}

void OutgoingWebhookDispatcher::stop() {
    for (Worker& worker : workers_) {
        worker.request_stop();
    }
    for (Worker& worker : workers_) {
        worker.stop();
    }
}

void OutgoingWebhookDispatcher::notify() noexcept {
    const auto is_woken = [](Worker& worker) { return worker.notify_if_idle(); };
    if (std::ranges::any_of(workers_, is_woken)) {
        return;
    }
    // One of those that are at work may just have found nothing: each looks once more.
    for (Worker& worker : workers_) {
        worker.notify();
    }
}

Worker::Pause OutgoingWebhookDispatcher::step(bool is_maintainer) {
    if (is_maintainer && std::chrono::steady_clock::now() >= next_maintenance_) {
        next_maintenance_ = std::chrono::steady_clock::now() + kMaintenanceInterval;
        if (const auto done = run_maintenance(); !done) {
            warn("webhook_maintenance_failed", done.error());
        }
    }
    const auto served = serve_one();
    if (!served) {
        warn("webhook_dispatch_failed", served.error());
    }
    if (served && *served) {
        return milliseconds{0};
    }
    return is_maintainer ? Worker::Pause{options_.poll} : std::nullopt;
}

Result<void> OutgoingWebhookDispatcher::run_maintenance() {
    const Timestamp now = clock_.now();
    if (auto configured = targets_.keep_in(store_, ids_, now); !configured) {
        return configured;
    }
    const auto purged = ORDERPUSH_TRY(store_.purge(
        {.now = now,
         .events_before = now - options_.lifetime,
         .webhooks_before = now - options_.lifetime - options_.retention,
         .channels_before = now - kChannelLifetime,
         .limit = kPurgeMax}
    ));
    options_.metrics.expired.add(static_cast<double>(purged.expired_webhooks));
    options_.metrics.lost_events.add(static_cast<double>(purged.lost_events));
    if (purged.expired_webhooks + purged.lost_events > 0) {
        log::error(
            "webhooks_given_up",
            {{"webhooks", purged.expired_webhooks}, {"events", purged.lost_events}}
        );
    }
    return {};
}

Result<bool> OutgoingWebhookDispatcher::serve_one() {
    const Timestamp now = clock_.now();
    auto claimed =
        ORDERPUSH_TRY(store_.claim(owner_, now, now - options_.batch_window, now + options_.lease));
    if (!claimed) {
        return false;
    }
    notify();  // there may be another one for somebody else
    WebhookEndpoint& endpoint = *claimed;
    auto served = serve(endpoint);
    if (auto released = store_.release(endpoint.id, owner_, clock_.now()); !released) {
        return std::move(released).error();  // its lease will end
    }
    return served ? Result<bool>{true} : std::move(served).error();
}

Result<void> OutgoingWebhookDispatcher::serve(WebhookEndpoint& endpoint) {
    // Half of the lease: what is begun then ends before the lease does.
    const Timestamp last_begin = clock_.now() + options_.lease / 2;
    for (int i = 0; i < kWebhooksPerTurn && clock_.now() < last_begin; ++i) {
        auto choice = ORDERPUSH_TRY(choose(endpoint));
        if (!choice) {
            return {};
        }
        const auto sent = ORDERPUSH_TRY(send(endpoint, *choice));
        if (!sent) {
            return {};
        }
    }
    return {};
}

Result<std::optional<OutgoingWebhookDispatcher::Choice>> OutgoingWebhookDispatcher::choose(
    WebhookEndpoint& endpoint
) {
    // Every second time, to find out whether it is the endpoint or the webhook.
    const bool is_probing = endpoint.failures >= options_.late_after && endpoint.failures % 2 == 1;
    const std::size_t wanted = is_probing ? 2 : 1;
    while (true) {
        auto pending = store_.pending(endpoint.id, clock_.now());
        if (!pending) {
            return std::move(pending).error();
        }
        if (pending->size() < wanted) {
            const auto has_composed = ORDERPUSH_TRY(compose(endpoint));
            if (has_composed) {
                continue;
            }
        }
        if (pending->empty()) {
            return std::optional<Choice>{};
        }
        PendingWebhook& first = pending->front();
        if (is_probing && pending->size() == 2 && !first.is_late && !pending->back().is_late) {
            return std::optional{
                Choice{.webhook = std::move(pending->back()), .overtaken = first.id}};
        }
        return std::optional{Choice{.webhook = std::move(first)}};
    }
}

Result<bool> OutgoingWebhookDispatcher::compose(WebhookEndpoint& endpoint) {
    if (endpoint.restaurant) {
        return false;  // its webhooks are made by whoever has something to report
    }
    const auto target = ORDERPUSH_TRY(parse_webhook_target(endpoint.target));
    auto events =
        ORDERPUSH_TRY(store_.read_events(endpoint.app_id, endpoint.position, kEventsReadMax));
    if (events.empty()) {
        return false;
    }
    std::vector<StoredChannelEvent> wanted;
    std::size_t bytes = 0;
    std::int64_t last = endpoint.position;
    for (StoredChannelEvent& stored : events) {
        if (wanted.size() >= options_.events_max || bytes >= kBodyBytesMax) {
            break;
        }
        last = stored.position;
        if (target.wants(stored.event.kind, stored.event.channel)) {
            bytes += size_of(stored.event);
            wanted.push_back(std::move(stored));
        }
    }
    const Timestamp now = clock_.now();
    std::optional<NewWebhook> webhook;
    if (!wanted.empty()) {
        webhook = NewWebhook{
            .id = ids_.make<OutgoingWebhookId>(),
            .endpoint = endpoint.id,
            .body = webhook_body(now, wanted),
            .event_count = static_cast<int>(wanted.size()),
            .at = now,
            .expires_at = now + options_.lifetime};
    }
    if (auto moved = store_.advance(endpoint.id, endpoint.position, last, webhook); !moved) {
        return std::move(moved).error();
    }
    endpoint.position = last;
    return true;
}

std::optional<Result<OutgoingWebhookRequest>> OutgoingWebhookDispatcher::request_for(
    const WebhookEndpoint& endpoint, const PendingWebhook& webhook, Timestamp now
) const {
    const auto target = parse_webhook_target(endpoint.target);
    if (!target) {
        return std::nullopt;
    }
    OutgoingWebhookRequest request{
        .url = target->url,
        .key = {},
        .secret = {},
        .id = to_string(webhook.id),
        .sent_at = now,
        .body = webhook.body};
    if (!endpoint.restaurant) {
        auto credentials = targets_.credentials(endpoint.app_id);
        if (!credentials) {
            return std::nullopt;
        }
        request.key = std::move(credentials->key);
        request.secret = std::move(credentials->secret);
        return request;
    }
    auto secret = options_.open_secret(endpoint.sealed_secret);
    if (!secret) {
        return Error{
            .kind = ErrorKind::kUnavailable,
            .code = "secret_unreadable",
            .message = "The secret was sealed under a JWT_SECRET that is no longer there."};
    }
    request.secret = *std::move(secret);
    return request;
}

Result<bool> OutgoingWebhookDispatcher::send(WebhookEndpoint& endpoint, const Choice& choice) {
    const Timestamp begun = clock_.now();
    const auto request = request_for(endpoint, choice.webhook, begun);
    if (!request) {
        return Error{
            .kind = ErrorKind::kUnavailable,
            .code = "webhook_app_unknown",
            .message = "This instance does not know the application of the endpoint yet."};
    }
    const auto started = std::chrono::steady_clock::now();
    const auto answer =
        *request ? sender_.send(**request) : Result<WebhookAnswer>{request->error()};
    const Timestamp now = clock_.now();
    WebhookOutcome outcome = outcome_of(endpoint, choice, answer, now);
    outcome.attempt.at = begun;
    outcome.attempt.duration =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - started);
    if (auto settled = store_.settle(outcome, now); !settled) {
        return std::move(settled).error();
    }
    (outcome.is_delivered ? options_.metrics.delivered : options_.metrics.failed).add(1);
    endpoint.failures = outcome.failures;
    endpoint.failing_since = outcome.failing_since;
    if (outcome.disabled_reason) {
        log::error(
            "webhook_endpoint_disabled",
            {{"endpoint", to_string(endpoint.id)},
             {"app", endpoint.app_id},
             {"reason", *outcome.disabled_reason}}
        );
    } else if (!outcome.is_delivered) {
        log::warn(
            "webhook_failed",
            {{"endpoint", to_string(endpoint.id)},
             {"webhook", to_string(choice.webhook.id)},
             {"attempt", outcome.attempt.attempt},
             {"reason", outcome.attempt.reason}}
        );
    }
    return outcome.is_delivered;
}

WebhookOutcome OutgoingWebhookDispatcher::outcome_of(
    const WebhookEndpoint& endpoint,
    const Choice& choice,
    const Result<WebhookAnswer>& answer,
    Timestamp now
) const {
    WebhookOutcome outcome{
        .webhook = choice.webhook.id,
        .endpoint = endpoint.id,
        .attempt = {.attempt = choice.webhook.attempts + 1, .at = now},
        .is_delivered = is_success(answer),
        .failures = endpoint.failures,
        .failing_since = endpoint.failing_since};
    if (answer) {
        outcome.attempt.status = answer->status;
        outcome.attempt.answer = answer->excerpt;
        outcome.attempt.reason =
            outcome.is_delivered ? "delivered" : "status_" + std::to_string(answer->status);
    } else {
        outcome.attempt.reason = answer.error().code;
    }
    if (outcome.is_delivered) {
        outcome.failures = 0;
        outcome.failing_since = {};
        outcome.overtaken = choice.overtaken;
    } else if (choice.webhook.is_late) {
        outcome.is_late = true;
        outcome.webhook_not_before =
            now + options_.backoff.delay(static_cast<unsigned>(choice.webhook.attempts));
    } else {
        fail_endpoint(outcome, endpoint, answer, now);
    }
    if (answer && answer->status == kStatusGone) {
        outcome.disabled_reason = "gone";
    }
    return outcome;
}

void OutgoingWebhookDispatcher::fail_endpoint(
    WebhookOutcome& outcome,
    const WebhookEndpoint& endpoint,
    const Result<WebhookAnswer>& answer,
    Timestamp now
) const {
    outcome.failures = endpoint.failures + 1;
    outcome.failing_since = endpoint.failing_since.value_or(now);
    milliseconds pause = options_.backoff.delay(static_cast<unsigned>(endpoint.failures));
    if (answer && answer->retry_after) {
        pause = std::max(pause, *answer->retry_after);
    }
    outcome.not_before = now + pause;
    if (now - *outcome.failing_since >= options_.disable_after) {
        outcome.disabled_reason = "failing: " + outcome.attempt.reason;
    }
}

}  // namespace orderpush::usecases
