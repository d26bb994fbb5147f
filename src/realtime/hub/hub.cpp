#include "realtime/hub/hub.hpp"

#include "base/clock.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <utility>

namespace orderpush::realtime {
namespace {

/// Stamps in one millisecond; those beyond it take from the next.
constexpr unsigned kStampCountBits = 12;

const SystemClock machine_clock;

Deadline now() {
    return std::chrono::steady_clock::now();
}

HomeLimits limits_of(const HubOptions& options, std::size_t shard_count) {
    const auto share_of = [&](std::size_t count) {
        return std::max<std::size_t>(1, count / shard_count);
    };
    const std::size_t channels_max = share_of(options.channels_max);
    return {
        .log = {.bytes_max = options.log.bytes_max / shard_count, .age_max = options.log.age_max},
        .idle_age_max = options.idle_age_max,
        .channels_max = channels_max,
        .reserved = std::min(options.channels_reserved / shard_count, channels_max / 8),
        .unsigned_channels_max = share_of(options.unsigned_channels_max),
        .app_of = options.rules.app_of};
}

std::chrono::milliseconds quarter_of(std::chrono::milliseconds age) {
    using std::chrono::milliseconds;
    return std::clamp(age / 4, milliseconds{10}, milliseconds{10'000});
}

/// Shards that something is handed to.
using Targets = boost::container::small_vector<std::size_t, 8>;

/// One frame for each protocol that has subscribers and a message for this.
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
class Hub::PublishAck {
  public:
    /// `pending` counts this one already, if there is one.
    PublishAck(PublishCompletion completion, PendingCount pending)
        : completion_(std::move(completion)), pending_(std::move(pending)) {}
    PublishAck(const PublishAck&) = delete;
    PublishAck& operator=(const PublishAck&) = delete;
    ~PublishAck() {
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

/// What a batch has for one home shard: one task instead of one for each message.
struct Hub::Part {
    std::vector<Publication> publications;
    std::vector<std::shared_ptr<PublishAck>> acks;
};

/// What one delivery carries to each shard.
struct Hub::Audience {
    EncodedFrames frames;
    std::optional<SocketId> excluded = {};
    std::optional<SessionId> revokes_session = {};
    bool is_termination = false;
};

Hub::ShardState::ShardState(
    const HubOptions& options, std::size_t shard_count, HomeChannels::ForgetHook on_forget
)
    : homes(limits_of(options, shard_count), std::move(on_forget)),
      cache({.age_max = options.cache.age_max, .bytes_max = options.cache.bytes_max / shard_count}),
      revoked(options.revoked_sessions_max) {}

Hub::Hub(IoShards& shards, const HubOptions& options)
    : shards_(shards),
      options_(options),
      series_(SocketId::random().first),
      pending_(std::make_shared<std::atomic<std::size_t>>(0)) {
    for (std::size_t shard = 0; shard < shards.size(); ++shard) {
        states_.push_back(std::make_unique<ShardState>(
            options, shards.size(), [this](HomeChannel& channel) { expire(channel); }
        ));
        shards.repeat(shard, quarter_of(options.idle_age_max), [this, shard] {
            states_[shard]->homes.sweep(now());
            states_[shard]->cache.sweep(now());
        });
        shards.repeat(shard, options.counts_interval, [this, shard] { publish_due_counts(shard); });
        if (options.leave_grace.count() > 0) {
            shards.repeat(shard, quarter_of(options.leave_grace), [this, shard] {
                announce_due_leaves(shard);
            });
        }
    }
}

Hub::~Hub() = default;

HubStats Hub::stats() const noexcept {
    HubStats sum;
    for (const auto& state : states_) {
        sum.published += state->published.load(std::memory_order_relaxed);
        sum.delivered += state->locals.delivered();
        sum.subscriptions += state->subscriptions.load(std::memory_order_relaxed);
    }
    return sum;
}

/// By the name alone, so that every thread finds the home without asking anybody.
std::size_t Hub::home_of(std::string_view channel) const noexcept {
    return NameHash{}(channel) % states_.size();
}

bool Hub::reserve(std::size_t count) {
    if (shards_.is_stopped()) {
        return false;
    }
    // Added first and taken back if it was too much: two threads cannot both take the last place.
    if (pending_->fetch_add(count) + count <= options_.publications_pending_max) {
        return true;
    }
    pending_->fetch_sub(count);
    return false;
}

MessageStamp Hub::stamp() {
    const Clock& clock = options_.clock == nullptr ? machine_clock : *options_.clock;
    const auto time = static_cast<std::uint64_t>(clock.now().time_since_epoch().count());
    std::uint64_t last = last_stamp_.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
        // A clock that stands or goes back only makes the count go on.
        next = std::max(last + 1, time << kStampCountBits);
    } while (!last_stamp_.compare_exchange_weak(last, next, std::memory_order_relaxed));
    constexpr std::uint64_t kCounts = std::uint64_t{1} << kStampCountBits;
    return {
        .time = next >> kStampCountBits,
        .count = static_cast<std::uint32_t>(next % kCounts),
        .series = series_};
}

void Hub::publish(Publication publication, PublishCompletion completion) {
    if (publication.stamp.time == 0) {
        publication.stamp = stamp();
    }
    if (bridge_ != nullptr) {
        bridge_->publish(
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
        // Going out of scope it says that nothing was handed over.
        const PublishAck refused{std::move(completion), nullptr};
        return;
    }
    auto ack = std::make_shared<PublishAck>(std::move(completion), pending_);
    const std::size_t home = home_of(publication.channel);
    shards_.run_on(home, [this, home, ack, publication = std::move(publication)]() mutable {
        publish_at_home(home, std::move(publication), ack);
    });
}

void Hub::publish_here(Publication publication, PublishCompletion completion) {
    if (publication.stamp.time == 0) {
        publication.stamp = stamp();
    }
    const auto ack = std::make_shared<PublishAck>(std::move(completion), nullptr);
    const std::size_t home = home_of(publication.channel);
    shards_.run_on(home, [this, home, ack, publication = std::move(publication)]() mutable {
        publish_at_home(home, std::move(publication), ack);
    });
}

void Hub::publish_batch(std::vector<Publication> publications, const BatchCompletion& completion) {
    for (Publication& publication : publications) {
        if (publication.stamp.time == 0) {
            publication.stamp = stamp();
        }
    }
    if (bridge_ != nullptr) {
        bridge_->publish(std::move(publications), completion);
        return;
    }
    // All or nothing: a batch of which a part went out could not be tried again in order.
    const PendingCount pending = reserve(publications.size()) ? pending_ : nullptr;
    std::vector<Part> parts(states_.size());
    for (std::size_t i = 0; i < publications.size(); ++i) {
        Part& part = parts[home_of(publications[i].channel)];
        part.acks.push_back(std::make_shared<PublishAck>(
            [completion, i](bool is_handed_over) { completion(i, is_handed_over); }, pending
        ));
        part.publications.push_back(std::move(publications[i]));
    }
    if (pending == nullptr) {
        return;  // every acknowledgement says so as it goes
    }
    for (std::size_t home = 0; home < parts.size(); ++home) {
        if (!parts[home].publications.empty()) {
            shards_.run_on(home, [this, home, part = std::move(parts[home])]() mutable {
                publish_part(home, part);
            });
        }
    }
}

void Hub::publish_part(std::size_t home, Part& part) {
    for (std::size_t i = 0; i < part.publications.size(); ++i) {
        publish_at_home(home, std::move(part.publications[i]), part.acks[i]);
        part.acks[i].reset();  // the publisher need not wait for the rest of the batch
    }
}

void Hub::publish_at_home(
    std::size_t home, Publication publication, const std::shared_ptr<PublishAck>& ack
) {
    add(states_[home]->published, 1);
    HomeChannels& homes = states_[home]->homes;
    const Deadline moment = now();
    std::shared_ptr<const ChannelMessage> message;
    const std::string* name = &publication.channel;
    Audience audience{
        .frames = {},
        .excluded = publication.excluded,
        .revokes_session = publication.revokes_session,
        .is_termination = publication.is_termination};
    Targets targets;
    if (publication.is_termination) {
        // Not opened: where nobody subscribes there is nobody to go.
        const HomeChannel* channel = homes.find(publication.channel);
        targets = channel == nullptr ? targets : shards_with_subscribers(*channel);
    } else if (auto* const channel = homes.open(publication.channel, moment, claim_to(publication.channel))) {
        message = append(home, *channel, std::move(publication), moment);
        name = &message->channel;
        audience.frames =
            encode_once_per_codec(*channel, [&](const ChannelCodec& codec) -> std::optional<Frame> {
                if (message->is_envelope_only && !codec.reads_envelopes()) {
                    return std::nullopt;
                }
                return codec.encode(*message);
            });
        targets = shards_with_subscribers(*channel);
    }
    if (audience.revokes_session) {
        // Also where nobody subscribes to this channel: the session may have others, and its grants
        // are to be refused everywhere.
        targets = every_shard(states_.size(), home);
    }
    deliver(*name, targets, audience, ack);
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
         .user_id = std::move(publication.user_id),
         .stamp = publication.stamp,
         .envelope = std::move(publication.envelope),
         .is_envelope_only = publication.is_envelope_only},
        now
    );
    if (!message->envelope.empty()) {
        notify(channel.name, &HubObserver::on_envelope, *message);
    }
    // Observers of the instance where the client is connected have had it.
    if (message->is_from_client && is_from_elsewhere) {
        return message;
    }
    if (message->is_from_client) {
        notify(channel.name, &HubObserver::on_client_event, *message);
    } else if (options_.rules.is_cache(channel.name) && !message->is_envelope_only) {
        state.cache.put(message, now);
    }
    return message;
}

void Hub::deliver(
    const std::string& channel,
    std::span<const std::size_t> targets,
    const Audience& audience,
    const std::shared_ptr<PublishAck>& ack
) {
    // Messages of one home reach a shard in the order of these posts, without a lock: that is what
    // keeps a channel's order the same for all its subscribers.
    ack->expect(targets.size());
    for (const std::size_t shard : targets) {
        if (shards_.is_on(shard)) {
            deliver_here(shard, channel, audience);
            ack->hand_over();
        } else {
            shards_.post(shard, [this, shard, ack, audience, channel] {
                deliver_here(shard, channel, audience);
                ack->hand_over();
            });
        }
    }
}

void Hub::deliver_here(std::size_t shard, const std::string& channel, const Audience& audience) {
    LocalSubscribers& locals = states_[shard]->locals;
    // Whoever makes the first piece wait asks for the flush; those that follow join it.
    const bool had_unflushed = locals.has_unflushed();
    if (audience.is_termination) {
        locals.terminate(channel);
    } else {
        locals.deliver(channel, audience.frames, audience.excluded);
        shards_.note_delivery(shard, bytes_of(audience.frames));
    }
    if (audience.revokes_session) {
        revoke_session(shard, *audience.revokes_session);
    }
    if (locals.has_unflushed() && !had_unflushed) {
        shards_.end_turn_with(shard, IoShards::TurnEnd::kHandOver, [&locals] { locals.flush(); });
    }
}

void Hub::send_to_subscribers(const HomeChannel& channel, const Encode& encode) {
    Audience audience{.frames = encode_once_per_codec(channel, encode)};
    if (audience.frames.empty()) {
        return;
    }
    deliver(
        channel.name,
        shards_with_subscribers(channel),
        audience,
        std::make_shared<PublishAck>(nullptr, nullptr)
    );
}

}  // namespace orderpush::realtime
