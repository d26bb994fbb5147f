#include "realtime/hub/hub.hpp"


#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <utility>

namespace orderpush::realtime {
namespace {

const SystemClock wall_clock;

Deadline now() {
    return std::chrono::steady_clock::now();
}

HomeLimits limits_of(const HubOptions& options, std::size_t shard_count) {
    return {
        .log = {.bytes_max = options.log.bytes_max / shard_count, .age_max = options.log.age_max},
        .idle_age_max = options.idle_age_max,
        .channels_max = std::max<std::size_t>(1, options.channels_max / shard_count)};
}

std::chrono::milliseconds quarter_of(std::chrono::milliseconds age) {
    using std::chrono::milliseconds;
    return std::clamp(age / 4, milliseconds{10}, milliseconds{10'000});
}

/// Shards that something is handed to.
using Targets = boost::container::small_vector<std::size_t, 8>;

/// One frame for each protocol that has subscribers and something to tell them.
template <class Encode>
EncodedFrames encode_once_per_codec(const HomeChannel& channel, const Encode& encode) {
    EncodedFrames frames;
    for (const Attachment& attachment : channel.attachments) {
        if (std::ranges::find(frames, attachment.codec, &EncodedFrame::codec) == frames.end()) {
            if (auto frame = encode(*attachment.codec)) {
                frames.push_back({attachment.codec, *std::move(frame)});
            }
        }
    }
    return frames;
}

Targets shards_with_subscribers(const HomeChannel& channel) {
    Targets shards;
    for (const Attachment& attachment : channel.attachments) {
        if (std::ranges::find(shards, attachment.shard) == shards.end()) {
            shards.push_back(attachment.shard);
        }
    }
    return shards;
}

/// The home shard last: what it does runs at once, and what follows from it must not overtake what
/// the others have not been given yet.
Targets every_shard(std::size_t count, std::size_t home) {
    Targets shards;
    for (std::size_t shard = 0; shard < count; ++shard) {
        if (shard != home) {
            shards.push_back(shard);
        }
    }
    shards.push_back(home);
    return shards;
}

/// To a count that one thread writes: no locked instruction.
void add(std::atomic<std::uint64_t>& count, std::uint64_t more) {
    count.store(count.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

}  // namespace

/// Reports when the last task that carries a message is gone, whether it ran or was destroyed unrun
/// at a stop: so the completion runs exactly once, whatever happens.
class Hub::Receipt {
  public:
    /// `pending` counts this one already, if there is one.
    Receipt(PublishCompletion completion, PendingCount pending)
        : completion_(std::move(completion)), pending_(std::move(pending)) {}
    Receipt(const Receipt&) = delete;
    Receipt& operator=(const Receipt&) = delete;
    ~Receipt() {
        if (pending_) {
            --*pending_;
        }
        if (completion_) {
            completion_(handed_over_ == expected_);
        }
    }

    /// Before the shards are handed the message.
    void expect(std::size_t shard_count) { expected_ = shard_count; }
    void hand_over() { ++handed_over_; }

  private:
    PublishCompletion completion_;
    PendingCount pending_;
    /// One until the home shard knows better: a message that never got there was not handed over.
    std::size_t expected_ = 1;
    std::atomic<std::size_t> handed_over_{0};
};

/// What one delivery carries to each shard.
struct Hub::Audience {
    EncodedFrames frames;
    std::optional<SocketId> excluded = {};
    std::optional<SessionId> ends = {};
    bool is_termination = false;
};

Hub::ShardState::ShardState(
    const HubOptions& options, std::size_t shard_count, HomeChannels::ForgetHook on_forget
)
    : homes(limits_of(options, shard_count), std::move(on_forget)),
      cache({.age_max = options.cache.age_max, .bytes_max = options.cache.bytes_max / shard_count}),
      ended(options.ended_owners_max) {}

Hub::Hub(IoShards& shards, const HubOptions& options)
    : shards_(shards), options_(options), pending_(std::make_shared<std::atomic<std::size_t>>(0)) {
    for (std::size_t shard = 0; shard < shards.size(); ++shard) {
        states_.push_back(std::make_unique<ShardState>(
            options, shards.size(), [this](HomeChannel& channel) { give_up(channel); }
        ));
        shards.repeat(shard, quarter_of(options.idle_age_max), [this, shard] {
            states_[shard]->homes.sweep(now());
            states_[shard]->cache.sweep(now());
        });
        shards.repeat(shard, options.counts_interval, [this, shard] { tell_late_counts(shard); });
        if (options.departure_grace.count() > 0) {
            shards.repeat(shard, quarter_of(options.departure_grace), [this, shard] {
                tell_late_departures(shard);
            });
        }
    }
}

Hub::~Hub() = default;

HubStats Hub::figures() const noexcept {
    HubStats sum;
    for (const auto& state : states_) {
        sum.published += state->published.load(std::memory_order_relaxed);
        sum.delivered += state->locals.delivered();
        sum.subscriptions += state->subscriptions.load(std::memory_order_relaxed);
    }
    return sum;
}

std::size_t Hub::home_of(std::string_view channel) const noexcept {
    return NameHash{}(channel) % states_.size();
}

bool Hub::reserve(std::size_t count) {
    if (shards_.is_stopped()) {
        return false;
    }
    if (pending_->fetch_add(count) + count <= options_.publications_pending_max) {
        return true;
    }
    pending_->fetch_sub(count);
    return false;
}

void Hub::publish(Publication publication, PublishCompletion completion) {
    if (link_ != nullptr) {
        link_->publish(
            {std::move(publication)},
            [completion = std::move(completion)](std::size_t, bool is_handed_over) {
                if (completion) {
                    completion(is_handed_over);
                }
            }
        );
        return;
    }
    if (!reserve(1)) {
        const Receipt refused{std::move(completion), nullptr};
        return;
    }
    auto receipt = std::make_shared<Receipt>(std::move(completion), pending_);
    const std::size_t home = home_of(publication.channel);
    shards_.run_on(home, [this, home, receipt, publication = std::move(publication)]() mutable {
        publish_at_home(home, std::move(publication), receipt);
    });
}

void Hub::publish_here(Publication publication, PublishCompletion completion) {
    const auto receipt = std::make_shared<Receipt>(std::move(completion), nullptr);
    const std::size_t home = home_of(publication.channel);
    shards_.run_on(home, [this, home, receipt, publication = std::move(publication)]() mutable {
        publish_at_home(home, std::move(publication), receipt);
    });
}

void Hub::publish_batch(std::vector<Publication> publications, const BatchCompletion& completion) {
    if (link_ != nullptr) {
        link_->publish(std::move(publications), completion);
        return;
    }
    struct Part {
        std::vector<Publication> publications;
        std::vector<std::shared_ptr<Receipt>> receipts;
    };
    const PendingCount pending = reserve(publications.size()) ? pending_ : nullptr;
    std::vector<Part> parts(states_.size());
    for (std::size_t i = 0; i < publications.size(); ++i) {
        Part& part = parts[home_of(publications[i].channel)];
        part.receipts.push_back(std::make_shared<Receipt>(
            [completion, i](bool is_handed_over) { completion(i, is_handed_over); }, pending
        ));
        part.publications.push_back(std::move(publications[i]));
    }
    if (pending == nullptr) {
        return;  // every receipt says so as it goes
    }
    for (std::size_t home = 0; home < parts.size(); ++home) {
        if (parts[home].publications.empty()) {
            continue;
        }
        shards_.run_on(home, [this, home, part = std::move(parts[home])]() mutable {
            for (std::size_t i = 0; i < part.publications.size(); ++i) {
                publish_at_home(home, std::move(part.publications[i]), part.receipts[i]);
                part.receipts[i].reset();
            }
        });
    }
}

void Hub::publish_at_home(
    std::size_t home, Publication publication, const std::shared_ptr<Receipt>& receipt
) {
    add(states_[home]->published, 1);
    HomeChannels& homes = states_[home]->homes;
    const Deadline moment = now();
    std::shared_ptr<const ChannelMessage> message;
    Audience audience{
        .frames = {},
        .excluded = publication.excluded,
        .ends = publication.ends,
        .is_termination = publication.is_termination};
    Targets targets;
    if (publication.is_termination) {
        const HomeChannel* channel = homes.find(publication.channel);
        targets = channel == nullptr ? targets : shards_with_subscribers(*channel);
    } else if (HomeChannel* channel = homes.open(publication.channel, moment)) {
        message = append(home, *channel, std::move(publication), moment);
        audience.frames = encode_once_per_codec(*channel, [&](const ChannelCodec& codec) {
            return codec.encode(*message);
        });
        targets = shards_with_subscribers(*channel);
    }
    if (audience.ends) {
        targets = every_shard(states_.size(), home);
    }
    deliver(message ? message->channel : publication.channel, targets, audience, receipt);
}

std::shared_ptr<const ChannelMessage> Hub::append(
    std::size_t home, HomeChannel& channel, Publication publication, Deadline now
) {
    ShardState& state = *states_[home];
    const bool is_from_elsewhere = publication.is_from_elsewhere;
    auto message = state.homes.append(
        channel,
        {.channel = std::move(publication.channel),
         .event = std::move(publication.event),
         .data = std::move(publication.data),
         .excluded = publication.excluded,
         .is_from_client = publication.is_from_client,
         .user_id = std::move(publication.user_id)},
        now
    );
    if (message->is_from_client && is_from_elsewhere) {
        return message;
    }
    if (message->is_from_client) {
        notify(channel.name, &HubObserver::on_client_event, *message);
    } else if (options_.rules.is_cache(channel.name)) {
        state.cache.put(message, now);
    }
    return message;
}

void Hub::deliver(
    const std::string& channel,
    std::span<const std::size_t> targets,
    const Audience& audience,
    const std::shared_ptr<Receipt>& receipt
) {
    receipt->expect(targets.size());
    for (const std::size_t shard : targets) {
        if (shards_.is_on(shard)) {
            deliver_here(shard, channel, audience);
            receipt->hand_over();
        } else {
            shards_.post(shard, [this, shard, receipt, audience, channel] {
                deliver_here(shard, channel, audience);
                receipt->hand_over();
            });
        }
    }
}

void Hub::deliver_here(std::size_t shard, const std::string& channel, const Audience& audience) {
    LocalSubscribers& locals = states_[shard]->locals;
    const bool had_unflushed = locals.has_unflushed();
    if (audience.is_termination) {
        locals.terminate(channel);
    } else {
        locals.deliver(channel, audience.frames, audience.excluded);
        shards_.note_delivery(shard, bytes_of(audience.frames));
    }
    if (audience.ends) {
        end_owner(shard, *audience.ends);
    }
    if (locals.has_unflushed() && !had_unflushed) {
        shards_.end_turn_with(shard, IoShards::TurnEnd::kHandOver, [&locals] { locals.flush(); });
    }
}

void Hub::note_subscriptions(std::size_t shard) {
    ShardState& state = *states_[shard];
    state.subscriptions.store(state.locals.count(), std::memory_order_relaxed);
}

void Hub::end_owner(std::size_t shard, const SessionId& owner) {
    ShardState& state = *states_[shard];
    state.ended.remember(owner);
    for (auto& [subscriber, departure] : state.locals.owned_by(owner)) {
        const std::string channel = departure.channel;
        unsubscribe(shard, *subscriber, std::move(departure));
        subscriber->on_owner_ended(channel);
    }
}

bool Hub::has_ended(std::size_t shard, const Subscription& subscription) const {
    return subscription.owner && states_[shard]->ended.contains(*subscription.owner);
}

void Hub::subscribe(std::size_t shard, Subscription subscription) {
    if (has_ended(shard, subscription)) {
        if (const auto subscriber = subscription.subscriber.lock()) {
            subscriber->on_subscribed(
                subscription.channel, {.refusal = SubscribeRefusal::kOwnerEnded}
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
    HomeChannel* channel = homes.open(subscription.channel, now());
    if (channel == nullptr) {
        return {.refusal = SubscribeRefusal::kTooManyChannels};
    }
    SubscribeOutcome outcome{.last_serial = channel->last_serial, .epoch = channel->epoch};
    if (subscription.member) {
        const Member& member = *subscription.member;
        const Presence::Join join = channel->presence.join(
            member, wall_clock.now(), members_elsewhere(*channel, member.user_id)
        );
        if (join == Presence::Join::kFull) {
            return {.refusal = SubscribeRefusal::kPresenceFull};
        }
        occupy(*channel);
        if (join == Presence::Join::kFirst) {
            // Before the attachment, so that the newcomer, who gets the list, is not told.
            if (!is_elsewhere(*channel, member.user_id)) {
                tell_member_change(*channel, {MemberChange::Kind::kAdded, member});
            }
            notify(channel->name, &HubObserver::on_member_added, channel->name, member);
        }
        link_seat(*channel, member.user_id);
    } else {
        occupy(*channel);
    }
    homes.attach(*channel, shard, *subscription.codec);
    link_subscribers(*channel);
    for (Presence::Seat& seat : seats_at_home(home, channel->name)) {
        outcome.members.push_back(std::move(seat.member));
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
    const bool has_ended_meanwhile = is_granted && has_ended(shard, subscription);
    const bool is_kept = is_granted && is_wanted && !has_ended_meanwhile;
    if (is_kept) {
        states_[shard]->locals.add(subscription, *subscriber);
        note_subscriptions(shard);
    }
    if (is_wanted) {
        const SubscribeOutcome ended{.refusal = SubscribeRefusal::kOwnerEnded};
        subscriber->on_subscribed(subscription.channel, has_ended_meanwhile ? ended : outcome);
    }
    if (is_granted && !is_kept) {
        const std::size_t home = home_of(subscription.channel);
        shards_.run_on(home, [this, home, shard, departure = departure_of(subscription)] {
            detach_at_home(home, shard, departure);
        });
    }
}

void Hub::unsubscribe(std::size_t shard, const Subscriber& subscriber, Departure departure) {
    states_[shard]->locals.remove(departure.channel, subscriber);
    note_subscriptions(shard);
    const std::size_t home = home_of(departure.channel);
    shards_.run_on(home, [this, home, shard, departure = std::move(departure)] {
        detach_at_home(home, shard, departure);
    });
}

void Hub::detach_at_home(std::size_t home, std::size_t shard, const Departure& departure) {
    HomeChannels& homes = states_[home]->homes;
    HomeChannel* channel = homes.find(departure.channel);
    assert(channel != nullptr);
    homes.detach(*channel, shard, *departure.codec, now());
    link_subscribers(*channel);
    const bool is_told_at_once = departure.is_deliberate || options_.departure_grace.count() == 0;
    if (!departure.user_id) {
        count_changed(home, *channel);
    } else {
        const bool is_last = channel->presence.step_out(*departure.user_id, now());
        link_seat(*channel, *departure.user_id);
        if (is_last && is_told_at_once) {
            dismiss(*channel, *departure.user_id, now());
        }
    }
    if (is_told_at_once) {
        vacate_if_empty(*channel, now());
    } else if (departure.user_id || channel->attachments.empty()) {
        states_[home]->late.add(
            {.channel = channel->name, .user_id = departure.user_id, .left_at = now()}
        );
    }
}

void Hub::tell(const HomeChannel& channel, const Encode& encode) {
    Audience audience{.frames = encode_once_per_codec(channel, encode)};
    if (audience.frames.empty()) {
        return;
    }
    deliver(
        channel.name,
        shards_with_subscribers(channel),
        audience,
        std::make_shared<Receipt>(nullptr, nullptr)
    );
}

}  // namespace orderpush::realtime
