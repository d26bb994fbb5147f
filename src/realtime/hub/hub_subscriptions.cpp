#include "realtime/hub/hub.hpp"

#include <cassert>
#include <utility>

/// How subscriptions begin and end: on the subscriber's shard, and on the channel's home shard.
namespace orderpush::realtime {
namespace {

Deadline now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

ChannelClaim Hub::claim_to(std::string_view channel) const {
    return options_.rules.is_reserved(channel) ? ChannelClaim::kReserved : ChannelClaim::kSigned;
}

void Hub::note_subscriptions(std::size_t shard) {
    ShardState& state = *states_[shard];
    state.subscriptions.store(state.locals.count(), std::memory_order_relaxed);
}

void Hub::revoke_here(const SessionId& session) {
    for (std::size_t shard = 0; shard < states_.size(); ++shard) {
        shards_.post(shard, [this, shard, session] { revoke_session(shard, session); });
    }
}

void Hub::revoke_session(std::size_t shard, const SessionId& session) {
    ShardState& state = *states_[shard];
    state.revoked.remember(session);
    for (auto& [subscriber, unsubscription] : state.locals.subscriptions_of(session)) {
        const std::string channel = unsubscription.channel;
        unsubscribe(shard, *subscriber, std::move(unsubscription));
        subscriber->on_session_revoked(channel);
    }
}

bool Hub::is_revoked(std::size_t shard, const Subscription& subscription) const {
    return subscription.session && states_[shard]->revoked.contains(*subscription.session);
}

void Hub::subscribe(std::size_t shard, Subscription subscription) {
    if (is_revoked(shard, subscription)) {
        if (const auto subscriber = subscription.subscriber.lock()) {
            subscriber->on_subscribed(
                subscription.channel, {.refusal = SubscribeRefusal::kSessionRevoked}
            );
        }
        return;
    }
    const std::size_t home = home_of(subscription.channel);
    shards_.run_on(home, [this, home, shard, subscription = std::move(subscription)] {
        attach_at_home(home, shard, subscription);
    });
}

void Hub::attach_at_home(std::size_t home, std::size_t shard, const Subscription& subscription) {
    const SubscribeOutcome outcome = admit(home, shard, subscription);
    // Posted or inline, it reaches the shard before any message that follows.
    shards_.run_on(shard, [this, shard, subscription, outcome] {
        answer(shard, subscription, outcome);
    });
    if (!outcome.refusal && !subscription.member) {
        // Behind the answer: nothing of the channel comes before it.
        if (HomeChannel* channel = states_[home]->homes.find(subscription.channel)) {
            count_changed(home, *channel);
        }
    }
}

SubscribeOutcome Hub::admit(std::size_t home, std::size_t shard, const Subscription& subscription) {
    HomeChannels& homes = states_[home]->homes;
    const bool is_signed = subscription.claim == ChannelClaim::kSigned;
    const ChannelClaim claim = is_signed ? claim_to(subscription.channel) : subscription.claim;
    HomeChannel* channel = homes.open(subscription.channel, now(), claim);
    if (channel == nullptr) {
        const bool is_unsigned_full = homes.is_unsigned_full(subscription.channel, claim);
        return {
            .refusal = is_unsigned_full ? SubscribeRefusal::kTooManyUnsignedChannels
                                        : SubscribeRefusal::kTooManyChannels};
    }
    if (channel->last_stamp.time == 0) {
        channel->opened_stamp = channel->last_stamp = stamp();
    }
    SubscribeOutcome outcome{
        .last_serial = channel->last_serial,
        .epoch = channel->epoch,
        .last = homes.last_of(*channel),
        .last_stamp = channel->last_stamp};
    if (!subscription.member) {
        mark_occupied(*channel);
    } else if (const auto refusal = join_presence(*channel, subscription)) {
        return {.refusal = refusal};
    }
    homes.attach(*channel, shard, *subscription.codec);
    report_subscribers(*channel);
    for (Presence::Membership& membership : memberships_at_home(home, channel->name)) {
        outcome.members.push_back(std::move(membership.member));
    }
    if (options_.rules.is_cache(channel->name)) {
        outcome.cached = states_[home]->cache.find(channel->name, now());
        if (outcome.cached == nullptr) {
            notify(channel->name, &HubObserver::on_cache_miss, channel->name);
        }
    }
    return outcome;
}

void Hub::answer(
    std::size_t shard, const Subscription& subscription, const SubscribeOutcome& outcome
) {
    const auto subscriber = subscription.subscriber.lock();
    const bool is_wanted = subscriber != nullptr && !subscriber->has_left();
    const bool is_granted = !outcome.refusal;
    // The session may have been closed, or the connection lost, while the home shard was asked.
    const bool was_revoked_meanwhile = is_granted && is_revoked(shard, subscription);
    const bool is_kept = is_granted && is_wanted && !was_revoked_meanwhile;
    if (is_kept) {
        states_[shard]->locals.add(subscription, *subscriber);
        note_subscriptions(shard);
    }
    if (is_wanted) {
        const SubscribeOutcome ended{.refusal = SubscribeRefusal::kSessionRevoked};
        subscriber->on_subscribed(subscription.channel, was_revoked_meanwhile ? ended : outcome);
    }
    if (is_granted && !is_kept) {
        // The home counts it already.
        const std::size_t home = home_of(subscription.channel);
        shards_.run_on(home, [this, home, shard, unsubscription = unsubscription_of(subscription)] {
            detach_at_home(home, shard, unsubscription);
        });
    }
}

void Hub::unsubscribe(
    std::size_t shard, const Subscriber& subscriber, Unsubscription unsubscription
) {
    // Here first: what the home sends until it hears of it finds nobody.
    states_[shard]->locals.remove(unsubscription.channel, subscriber);
    note_subscriptions(shard);
    const std::size_t home = home_of(unsubscription.channel);
    shards_.run_on(home, [this, home, shard, unsubscription = std::move(unsubscription)] {
        detach_at_home(home, shard, unsubscription);
    });
}

void Hub::detach_at_home(
    std::size_t home, std::size_t shard, const Unsubscription& unsubscription
) {
    HomeChannels& homes = states_[home]->homes;
    HomeChannel* channel = homes.find(unsubscription.channel);
    assert(channel != nullptr);
    homes.detach(*channel, shard, *unsubscription.codec, now());
    report_subscribers(*channel);
    const bool is_announced_at_once =
        unsubscription.is_deliberate || options_.leave_grace.count() == 0;
    if (!unsubscription.user_id) {
        count_changed(home, *channel);
    } else {
        const bool is_last = channel->presence.disconnect(*unsubscription.user_id, now());
        report_membership(*channel, *unsubscription.user_id);
        if (is_last && is_announced_at_once) {
            announce_leave(*channel, *unsubscription.user_id, now());
        }
    }
    if (is_announced_at_once) {
        mark_vacated(*channel, now());
    } else if (unsubscription.user_id || channel->attachments.empty()) {
        states_[home]->pending_leaves.add(
            {.channel = channel->name, .user_id = unsubscription.user_id, .left_at = now()}
        );
    }
}

}  // namespace orderpush::realtime
