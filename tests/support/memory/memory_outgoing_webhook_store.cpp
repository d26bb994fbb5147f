#include "tests/support/memory/memory_outgoing_webhook_store.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::test {
namespace {

using Kind = ChannelEventKind;

constexpr std::size_t kAttemptsShown = 20;

bool is_member(Kind kind) {
    return kind == Kind::kMemberAdded || kind == Kind::kMemberRemoved;
}

}  // namespace

void MemoryOutgoingWebhookStore::Rows::store(ChannelEvent event, Timestamp now) {
    auto& last = sequences[{event.app_id, event.channel}];
    last = last == 0 ? now.time_since_epoch().count() + 1 : last + 1;
    events.push_back(
        {.stored = {.event = std::move(event), .sequence = last, .position = ++last_position},
         .stored_at = now}
    );
}

bool MemoryOutgoingWebhookStore::Rows::is_told(
    const WebhookInstanceId& instance, const ChannelEvent& event
) {
    const Seat seat{
        event.app_id,
        event.channel,
        is_member(event.kind) ? event.user_id.value_or("") : std::string{}};
    switch (event.kind) {
        case Kind::kOccupied:
        case Kind::kMemberAdded: {
            auto& holders = seats[seat];
            const bool is_first = holders.empty();
            holders.insert(instance);
            return is_first;
        }
        case Kind::kVacated:
        case Kind::kMemberRemoved: {
            const auto found = seats.find(seat);
            const bool was_there = found != seats.end() && found->second.erase(instance) > 0;
            const bool is_last = was_there && found->second.empty();
            if (is_last) {
                seats.erase(found);
            }
            return is_last;
        }
        case Kind::kClientEvent:
        case Kind::kCacheMiss:
        case Kind::kSubscriptionCount:
            break;
    }
    return true;
}

Result<std::size_t> MemoryOutgoingWebhookStore::record(
    const WebhookInstanceId& instance, std::span<const ChannelEvent> events, Timestamp now
) {
    return rows_.with([&](Rows& rows) -> Result<std::size_t> {
        std::size_t told = 0;
        for (const ChannelEvent& event : events) {
            if (rows.is_told(instance, event)) {
                rows.store(event, now);
                ++told;
            }
        }
        return told;
    });
}

Result<std::size_t> MemoryOutgoingWebhookStore::keep_seats(
    const WebhookInstanceId& instance, Timestamp now, Timestamp unseen_before, int limit
) {
    return rows_.with([&](Rows& rows) -> Result<std::size_t> {
        rows.instances[instance] = now;
        std::vector<Seat> left;
        std::size_t count = 0;
        for (auto& [seat, holders] : rows.seats) {
            for (const auto& [dead, seen_at] : rows.instances) {
                if (seen_at < unseen_before && count < static_cast<std::size_t>(limit)) {
                    count += holders.erase(dead);
                }
            }
            if (holders.empty()) {
                left.push_back(seat);
            }
        }
        // Members before the channel that they leave empty.
        std::ranges::sort(left, [](const Seat& a, const Seat& b) {
            const bool is_same_channel = std::tie(std::get<0>(a), std::get<1>(a)) ==
                                         std::tie(std::get<0>(b), std::get<1>(b));
            return is_same_channel ? std::get<2>(a) > std::get<2>(b) : a < b;
        });
        for (const Seat& seat : left) {
            rows.seats.erase(seat);
            const auto& [app_id, channel, user_id] = seat;
            ChannelEvent event{
                .id = {},
                .app_id = app_id,
                .channel = channel,
                .kind = user_id.empty() ? Kind::kVacated : Kind::kMemberRemoved,
                .at = now};
            event.id.value.bytes[0] = ++rows.last_id;
            if (!user_id.empty()) {
                event.user_id = user_id;
            }
            rows.store(std::move(event), now);
        }
        return count;
    });
}

std::int64_t MemoryOutgoingWebhookStore::Rows::last_position_of(const std::string& app_id) const {
    std::int64_t last = 0;
    for (const Event& event : events) {
        if (event.stored.event.app_id == app_id) {
            last = event.stored.position;
        }
    }
    return last;
}

Result<void> MemoryOutgoingWebhookStore::set_endpoints(
    std::span<const EndpointConfig> endpoints, IdSource& ids, Timestamp
) {
    rows_.with([&](Rows& rows) {
        for (Endpoint& known : rows.endpoints) {
            known.is_active =
                known.is_active && (known.shown.restaurant ||
                                    std::ranges::any_of(endpoints, [&](const EndpointConfig& one) {
                                        return one.app_id == known.shown.app_id &&
                                               one.target == known.shown.target;
                                    }));
        }
        for (const EndpointConfig& given : endpoints) {
            const auto known = std::ranges::find_if(rows.endpoints, [&](const Endpoint& one) {
                return one.shown.app_id == given.app_id && one.shown.target == given.target;
            });
            const std::int64_t last = rows.last_position_of(given.app_id);
            if (known == rows.endpoints.end()) {
                rows.endpoints.push_back(
                    {.shown =
                         {.id = ids.make<WebhookEndpointId>(),
                          .app_id = given.app_id,
                          .target = given.target,
                          .position = last}}
                );
            } else if (!known->is_active) {
                *known = {
                    .shown = {
                        .id = known->shown.id,
                        .app_id = given.app_id,
                        .target = given.target,
                        .last_success_at = known->shown.last_success_at,
                        .position = std::max(known->shown.position, last)}};
            }
        }
    });
    return {};
}

WebhookEndpoint MemoryOutgoingWebhookStore::Rows::shown(const Endpoint& endpoint) const {
    WebhookEndpoint shown = endpoint.shown;
    shown.pending_count = std::ranges::count_if(webhooks, [&](const Webhook& webhook) {
        return webhook.listed.endpoint == shown.id &&
               webhook.listed.state == WebhookState::kPending;
    });
    return shown;
}

Result<std::vector<WebhookEndpoint>> MemoryOutgoingWebhookStore::endpoints(
    const WebhookReader& reader
) {
    return rows_.with([&](Rows& rows) -> Result<std::vector<WebhookEndpoint>> {
        std::vector<WebhookEndpoint> found;
        for (const Endpoint& endpoint : rows.endpoints) {
            if (endpoint.is_active && rows.is_visible(endpoint.shown.id, reader)) {
                found.push_back(rows.shown(endpoint));
            }
        }
        std::ranges::sort(found, {}, [](const WebhookEndpoint& endpoint) {
            return std::tie(endpoint.app_id, endpoint.target);
        });
        return found;
    });
}

MemoryOutgoingWebhookStore::Endpoint* MemoryOutgoingWebhookStore::Rows::endpoint(
    const WebhookEndpointId& id
) {
    const auto found =
        std::ranges::find(endpoints, id, [](const Endpoint& one) { return one.shown.id; });
    return found == endpoints.end() ? nullptr : &*found;
}

Result<void> MemoryOutgoingWebhookStore::keep(const std::optional<StoredResponse>& answer) {
    return database_.with([&](MemoryDatabase::Rows& rows) { return rows.keep(answer); });
}

Result<WebhookEndpoint> MemoryOutgoingWebhookStore::enable(
    const WebhookEndpointId& id,
    const WebhookReader& reader,
    const std::optional<StoredResponse>& answer
) {
    return rows_.with([&](Rows& rows) -> Result<WebhookEndpoint> {
        Endpoint* const found = rows.endpoint(id);
        if (found == nullptr || !found->is_active || !rows.is_visible(id, reader)) {
            return Error{
                .kind = ErrorKind::kNotFound,
                .code = "endpoint_not_found",
                .message = "There is no such endpoint."};
        }
        ORDERPUSH_TRY(keep(answer));
        found->shown.disabled_reason.reset();
        found->shown.disabled_at.reset();
        found->shown.failing_since.reset();
        found->shown.failures = 0;
        found->not_before.reset();
        return rows.shown(*found);
    });
}

bool MemoryOutgoingWebhookStore::Rows::is_visible(
    const WebhookEndpointId& id, const WebhookReader& reader
) {
    const Endpoint* const found = endpoint(id);
    return found != nullptr && found->shown.restaurant == reader;
}

std::vector<const MemoryOutgoingWebhookStore::Webhook*> MemoryOutgoingWebhookStore::Rows::due(
    const WebhookEndpointId& id, Timestamp now
) const {
    std::vector<const Webhook*> found;
    for (const Webhook& webhook : webhooks) {
        const bool is_waiting = webhook.is_late && webhook.not_before.value_or(now) > now;
        if (webhook.listed.endpoint == id && webhook.listed.state == WebhookState::kPending &&
            webhook.expires_at > now && !is_waiting) {
            found.push_back(&webhook);
        }
    }
    return found;
}

bool MemoryOutgoingWebhookStore::Rows::has_work(
    const Endpoint& endpoint, Timestamp now, Timestamp stored_until
) const {
    const bool is_away = !endpoint.is_active || endpoint.shown.disabled_reason ||
                         endpoint.not_before.value_or(now) > now ||
                         endpoint.leased_until.value_or(now) > now;
    return !is_away && (!due(endpoint.shown.id, now).empty() ||
                        std::ranges::any_of(events, [&](const Event& event) {
                            return event.stored.event.app_id == endpoint.shown.app_id &&
                                   event.stored.position > endpoint.shown.position &&
                                   event.stored_at <= stored_until;
                        }));
}

Result<std::optional<WebhookEndpoint>> MemoryOutgoingWebhookStore::claim(
    const WebhookInstanceId& owner, Timestamp now, Timestamp stored_until, Timestamp leased_until
) {
    return rows_.with([&](Rows& rows) -> Result<std::optional<WebhookEndpoint>> {
        Endpoint* chosen = nullptr;
        for (Endpoint& endpoint : rows.endpoints) {
            if (rows.has_work(endpoint, now, stored_until) &&
                (chosen == nullptr || endpoint.leased_until < chosen->leased_until)) {
                chosen = &endpoint;
            }
        }
        if (chosen == nullptr) {
            return std::optional<WebhookEndpoint>{};
        }
        chosen->owner = owner;
        chosen->leased_until = leased_until;
        return std::optional{chosen->shown};
    });
}

Result<void> MemoryOutgoingWebhookStore::release(
    const WebhookEndpointId& id, const WebhookInstanceId& owner, Timestamp now
) {
    rows_.with([&](Rows& rows) {
        Endpoint* const found = rows.endpoint(id);
        if (found != nullptr && found->owner == owner) {
            found->owner.reset();
            found->leased_until = now;
        }
    });
    return {};
}

Result<std::vector<PendingWebhook>> MemoryOutgoingWebhookStore::pending(
    const WebhookEndpointId& endpoint, Timestamp now
) {
    return rows_.with([&](const Rows& rows) -> Result<std::vector<PendingWebhook>> {
        std::vector<PendingWebhook> found;
        for (const Webhook* const webhook : rows.due(endpoint, now)) {
            if (found.size() < 2) {
                found.push_back(
                    {.id = webhook->listed.id,
                     .body = webhook->body,
                     .attempts = webhook->listed.attempt_count,
                     .is_late = webhook->is_late}
                );
            }
        }
        return found;
    });
}

Result<std::vector<StoredChannelEvent>> MemoryOutgoingWebhookStore::read_events(
    const std::string& app_id, std::int64_t position, int limit
) {
    return rows_.with([&](const Rows& rows) -> Result<std::vector<StoredChannelEvent>> {
        std::vector<StoredChannelEvent> found;
        for (const Event& event : rows.events) {
            if (event.stored.event.app_id == app_id && event.stored.position > position &&
                found.size() < static_cast<std::size_t>(limit)) {
                found.push_back(event.stored);
            }
        }
        return found;
    });
}

Result<void> MemoryOutgoingWebhookStore::advance(
    const WebhookEndpointId& endpoint,
    std::int64_t from,
    std::int64_t to,
    const std::optional<NewWebhook>& webhook
) {
    return rows_.with([&](Rows& rows) -> Result<void> {
        Endpoint* const found = rows.endpoint(endpoint);
        if (found == nullptr || found->shown.position != from) {
            return Error{
                .kind = ErrorKind::kConflict,
                .code = "position_moved",
                .message = "Another instance serves the endpoint."};
        }
        found->shown.position = to;
        if (webhook) {
            rows.webhooks.push_back(
                {.listed =
                     {.id = webhook->id,
                      .endpoint = endpoint,
                      .app_id = found->shown.app_id,
                      .event_count = webhook->event_count,
                      .created_at = webhook->at},
                 .body = webhook->body,
                 .expires_at = webhook->expires_at}
            );
        }
        return {};
    });
}

Result<void> MemoryOutgoingWebhookStore::settle(const WebhookOutcome& outcome, Timestamp now) {
    rows_.with([&](Rows& rows) {
        for (Webhook& webhook : rows.webhooks) {
            const bool is_pending = webhook.listed.state == WebhookState::kPending;
            if (webhook.listed.id == outcome.webhook) {
                webhook.listed.attempts.push_back(outcome.attempt);
            }
            if (webhook.listed.id == outcome.webhook && is_pending) {
                webhook.listed.attempt_count =
                    std::max(webhook.listed.attempt_count, outcome.attempt.attempt);
                webhook.is_late = webhook.is_late || outcome.is_late;
                webhook.not_before = outcome.webhook_not_before;
                if (outcome.is_delivered) {
                    webhook.listed.state = WebhookState::kDelivered;
                    webhook.listed.settled_at = now;
                }
            } else if (webhook.listed.id == outcome.overtaken && is_pending) {
                webhook.is_late = true;
                webhook.not_before = now;
            }
        }
        if (Endpoint* const found = rows.endpoint(outcome.endpoint)) {
            found->shown.failures = outcome.failures;
            found->shown.failing_since = outcome.failing_since;
            found->not_before = outcome.not_before;
            found->shown.disabled_reason = outcome.disabled_reason;
            found->shown.disabled_at = outcome.disabled_reason ? std::optional{now} : std::nullopt;
            if (outcome.is_delivered) {
                found->shown.last_success_at = now;
            }
        }
    });
    return {};
}

Result<std::vector<ListedWebhook>> MemoryOutgoingWebhookStore::list(const WebhookFilter& filter) {
    return rows_.with([&](Rows& rows) -> Result<std::vector<ListedWebhook>> {
        std::vector<ListedWebhook> found;
        for (const Webhook& webhook : rows.webhooks) {
            const ListedWebhook& listed = webhook.listed;
            if (listed.state != filter.state.value_or(listed.state) ||
                listed.endpoint != filter.endpoint.value_or(listed.endpoint) ||
                (filter.after && listed.id >= *filter.after) ||
                !rows.is_visible(listed.endpoint, filter.reader)) {
                continue;
            }
            found.push_back(listed);
            if (listed.state == WebhookState::kPending) {
                const Endpoint* const endpoint = rows.endpoint(listed.endpoint);
                found.back().not_before =
                    webhook.not_before ? webhook.not_before : endpoint->not_before;
            }
            auto& attempts = found.back().attempts;
            const std::size_t hidden = attempts.size() - std::min(attempts.size(), kAttemptsShown);
            attempts.erase(
                attempts.begin(), attempts.begin() + static_cast<std::ptrdiff_t>(hidden)
            );
        }
        std::ranges::sort(found, std::ranges::greater{}, &ListedWebhook::id);
        if (found.size() > static_cast<std::size_t>(filter.limit)) {
            found.erase(found.begin() + filter.limit, found.end());
        }
        return found;
    });
}

Result<void> MemoryOutgoingWebhookStore::replay(
    const OutgoingWebhookId& id,
    const WebhookReader& reader,
    Timestamp now,
    Timestamp expires_at,
    const std::optional<StoredResponse>& answer
) {
    return rows_.with([&](Rows& rows) -> Result<void> {
        const auto found = std::ranges::find(rows.webhooks, id, [](const Webhook& webhook) {
            return webhook.listed.id;
        });
        if (found == rows.webhooks.end() || !rows.is_visible(found->listed.endpoint, reader)) {
            return Error{
                .kind = ErrorKind::kNotFound,
                .code = "webhook_not_found",
                .message = "There is no such webhook."};
        }
        if (!rows.endpoint(found->listed.endpoint)->is_active) {
            return Error{
                .kind = ErrorKind::kConflict,
                .code = "endpoint_removed",
                .message = "The endpoint of this webhook is no longer configured."};
        }
        ORDERPUSH_TRY(keep(answer));
        found->listed.state = WebhookState::kPending;
        found->listed.settled_at.reset();
        found->is_late = true;
        found->not_before = now;
        found->expires_at = expires_at;
        return {};
    });
}

Result<PurgedWebhooks> MemoryOutgoingWebhookStore::purge(const WebhookPurge& purge) {
    return rows_.with([&](Rows& rows) -> Result<PurgedWebhooks> {
        PurgedWebhooks purged;
        for (Webhook& webhook : rows.webhooks) {
            if (webhook.listed.state == WebhookState::kPending && webhook.expires_at <= purge.now) {
                webhook.listed.state = WebhookState::kExpired;
                webhook.listed.settled_at = purge.now;
                ++purged.expired_webhooks;
            }
        }
        std::erase_if(rows.events, [&](const Event& event) {
            std::optional<std::int64_t> passed;
            bool is_known = false;
            for (const Endpoint& endpoint : rows.endpoints) {
                const bool is_of_app = endpoint.shown.app_id == event.stored.event.app_id;
                is_known = is_known || is_of_app;
                if (is_of_app && endpoint.is_active) {
                    passed =
                        std::min(passed.value_or(endpoint.shown.position), endpoint.shown.position);
                }
            }
            const bool is_behind = passed && event.stored.position > *passed;
            const bool is_old = event.stored_at < purge.events_before;
            if (!is_known || (is_behind && !is_old)) {
                return false;
            }
            purged.lost_events += is_behind ? 1 : 0;
            return true;
        });
        std::erase_if(rows.webhooks, [&](const Webhook& webhook) {
            return webhook.listed.state != WebhookState::kPending &&
                   webhook.listed.created_at < purge.webhooks_before;
        });
        return purged;
    });
}

}  // namespace orderpush::test
