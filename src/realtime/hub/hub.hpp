#pragma once

#include "core/ids.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/channel_cache.hpp"
#include "realtime/hub/channel_rules.hpp"
#include "realtime/hub/home_channels.hpp"
#include "realtime/hub/hub_observer.hpp"
#include "realtime/hub/local_subscribers.hpp"
#include "realtime/hub/pending_leaves.hpp"
#include "realtime/hub/remote_audience.hpp"
#include "realtime/hub/revoked_sessions.hpp"
#include "realtime/hub/subscriber.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::realtime {

struct HubOptions {
    /// The last messages of all channels; each shard has its share of the bytes.
    LogLimits log = {};
    /// The last events of cache channels, over all shards.
    CacheLimits cache = {};
    /// How long a member, or the last subscriber, whose connection was lost counts as there.
    std::chrono::milliseconds leave_grace{0};
    /// Up to so many subscribers their number is published with every change; above it at this
    /// interval.
    std::size_t counts_at_once_max = 100;
    std::chrono::milliseconds counts_interval{5'000};
    /// How long a channel without subscribers, and its part of the log, is kept after its last
    /// message or subscriber.
    std::chrono::milliseconds idle_age_max{120'000};
    /// Channels kept in all. At the bound the longest idle channel is forgotten; if every one has
    /// subscribers, a further subscription is refused and a publication to a further channel
    /// reaches nobody.
    std::size_t channels_max = 100'000;
    /// Of these, only for channels of the restaurant; an eighth at the most.
    std::size_t channels_reserved = 10'000;
    /// Of one application, opened without a signature by connections that have shown none; as many
    /// again by connections that have. Beyond it such subscriptions are refused.
    std::size_t unsigned_channels_max = 10'000;
    /// Publications accepted and not yet handed over. One that would pass the bound fails at once,
    /// a batch as a whole.
    std::size_t publications_pending_max = 20'000;
    /// Sessions of guests and log-ins of staff whose end is remembered (RevokedSessions); then the
    /// oldest is forgotten.
    std::size_t revoked_sessions_max = 10'000;
    /// Of the protocols that it serves.
    ChannelRules rules = {};
    /// What members joined by, and outlives the hub. Null: the machine's own.
    const Clock* clock = nullptr;
};

/// What a channel is like at one moment.
struct ChannelState {
    /// The hub's key.
    std::string channel;
    /// Whether anybody is there; those whose connection was lost count until the grace is over.
    bool is_occupied = false;
    std::size_t subscribers = 0;
    /// Distinct users of a presence channel; counted as above.
    std::size_t users = 0;
    /// Cache channels: the last event, if one is kept, and for how long still.
    std::shared_ptr<const ChannelMessage> cached = {};
    std::chrono::milliseconds cached_for{0};
};

/// One message to be published.
struct Publication {
    /// The hub's key: "kitchen:{id}" for the restaurant's channels, the name as spelled for others.
    std::string channel;
    std::string event;
    /// Handed on exactly as it is.
    std::string data;
    /// A connection that does not get it.
    std::optional<SocketId> excluded = {};
    /// Behind the message, and before any that follows it in the channel, every subscription of
    /// this table session is ended, on whichever channel and shard; further ones are refused with
    /// kSessionRevoked. Handed over means that this is done as well. Revoking a session again does
    /// nothing.
    std::optional<SessionId> revokes_session = {};
    /// Whether a client sends it to the others, `excluded` being that client; as this member of a
    /// presence channel. It is not kept for who comes later.
    bool is_from_client = false;
    std::optional<std::string> user_id = {};
    /// Instead of a message: every subscriber of the channel is asked to go
    /// (Subscriber::on_terminated).
    bool is_termination = false;
    /// Published by another instance, whose observers it concerns.
    bool is_from_elsewhere = false;
    /// See ChannelMessage. Without a stamp it is given one.
    MessageStamp stamp = {};
    std::string envelope = {};
    bool is_envelope_only = false;
};

/// True once every shard concerned has been handed the message, false if the hub stopped before or
/// is overloaded. Runs exactly once, on any thread, at the latest when the shards are destroyed.
/// Must not throw or block.
using PublishCompletion = std::function<void(bool is_handed_over)>;
/// The same for the publication at `index` of a batch; called once for each.
using BatchCompletion = std::function<void(std::size_t index, bool is_handed_over)>;

/// What joins the hub to those of other instances: the hub calls it, and knows nothing of brokers.
/// ClusterBridge implements it.
class HubBridge {
  public:
    HubBridge() = default;
    HubBridge(const HubBridge&) = delete;
    HubBridge& operator=(const HubBridge&) = delete;
    virtual ~HubBridge() = default;

    /// As Hub::publish_batch(). Brings the publications to Hub::publish_here() of every instance,
    /// this one included, in one order; handed over means that they will get there.
    virtual void publish(std::vector<Publication> publications, BatchCompletion completion) = 0;
    // The following are called on the channel's home shard; must not block, throw or call the hub.
    /// The channel has so many subscribers on this instance now.
    virtual void on_subscribers(const std::string& channel, std::size_t subscribers) = 0;
    /// A membership on this instance changed: its connections, or it is gone.
    virtual void on_membership(const RemoteState::Membership& membership) = 0;
};

/// What a hub did so far, and how it stands.
struct HubStats {
    std::uint64_t published = 0;
    /// Messages queued for a connection.
    std::uint64_t delivered = 0;
    std::size_t subscriptions = 0;
};

/// Channels, members, messages and serials; knows no protocol. Every channel has a home shard (hash
/// of its name) that puts its messages in order, keeps the last of them and its members, and knows
/// which shards have subscribers. What goes from one shard to another is posted, so every
/// subscriber sees one order. Same-shard work runs inline.
class Hub {
  public:
    /// Before the shards are started.
    Hub(IoShards& shards, const HubOptions& options);
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;
    /// Requires that the shards were stopped.
    ~Hub();

    /// It is called from now on. Before the shards are started; outlives them.
    void observe(HubObserver& observer) { observers_.push_back(&observer); }

    /// Publications go this way from now on, and changes of the subscribers here are reported to
    /// it. Before the shards are started; outlives them.
    void join(HubBridge& bridge) { bridge_ = &bridge; }

    /// Any thread; never blocks. Each shard's part is of its own instant.
    HubStats stats() const noexcept;

    /// For a message that is to be published: none is given twice. Any thread; never blocks.
    MessageStamp stamp();

    /// Any thread; never blocks. Publications of one thread to one channel keep their order.
    void publish(Publication publication, PublishCompletion completion);
    void publish_batch(std::vector<Publication> publications, const BatchCompletion& completion);
    /// To the subscribers of this instance, joined or not, and beyond the bound too. Any thread.
    void publish_here(Publication publication, PublishCompletion completion);

    /// Ends the subscriptions of a session on this instance, whatever the channel, and refuses
    /// further ones with kSessionRevoked; again, it does nothing. Any thread.
    void revoke_here(const SessionId& session);

    /// What another instance reported of its subscribers. Who is new in, or gone from, all
    /// instances together is published. Any thread; those of one instance from one thread.
    void apply(const RemoteState& state);
    /// That instance is no more. Any thread.
    void forget(const InstanceId& instance);
    using LocalReader = std::function<void(RemoteState own)>;
    /// Hands `reader` all that other instances have to know of a shard's channels, on that shard.
    /// Any thread.
    void read_local(std::size_t shard, LocalReader reader);
    std::size_t shard_count() const noexcept { return states_.size(); }
    const ChannelRules& rules() const noexcept { return options_.rules; }

    using LogReader = std::function<void(LogExcerpt)>;
    /// Hands `reader` what the log has of the channel, on its home shard. Any thread.
    void read_log(std::string channel, LogReader reader);

    using CacheReader = std::function<void(std::shared_ptr<const ChannelMessage>)>;
    /// Hands `reader` the last event of a cache channel, null if none is kept, on the channel's
    /// home shard. Any thread.
    void read_cached(std::string channel, CacheReader reader);

    using CountReader = std::function<void(std::size_t subscribers)>;
    /// Hands `reader` the number of the channel's subscribers, on all instances together, on its
    /// home shard. Any thread.
    void count_subscribers(std::string channel, CountReader reader);

    using MembershipReader = std::function<void(std::vector<Presence::Membership>)>;
    /// Hands `reader` the members of a presence channel, on all instances together, in the order of
    /// joining, on its home shard; none if nobody is there. Any thread. Destroyed unrun if the hub
    /// stopped before.
    void read_memberships(std::string channel, MembershipReader reader);
    /// The same of those who are connected to this instance.
    void read_own_memberships(std::string channel, MembershipReader reader);

    using StateReader = std::function<void(ChannelState)>;
    /// Hands `reader` what the channel is like, on its home shard. Any thread. Destroyed unrun if
    /// the hub stopped before.
    void describe(std::string channel, StateReader reader);

    using StateFilter = std::function<bool(std::string_view channel)>;
    using StatesReader = std::function<void(std::vector<ChannelState>)>;
    /// Hands `reader` the occupied channels that `is_wanted`, which is asked on every shard,
    /// without their cached events; on some shard. Any thread. Destroyed unrun if the hub stopped
    /// before.
    void list_occupied(StateFilter is_wanted, StatesReader reader);

    /// On the subscriber's shard. Answered by Subscriber::on_subscribed, at once or later; a
    /// subscriber that has left by then is taken off again.
    void subscribe(std::size_t shard, Subscription subscription);
    /// On the subscriber's shard; ends a subscription that was granted. Nothing is delivered after
    /// it returned.
    void unsubscribe(
        std::size_t shard, const Subscriber& subscriber, Unsubscription unsubscription
    );

  private:
    struct ShardState {
        ShardState(
            const HubOptions& options, std::size_t shard_count, HomeChannels::ForgetHook on_forget
        );
        HomeChannels homes;
        ChannelCache cache;
        PendingLeaves pending_leaves;
        /// Channels whose number of subscribers is to be published at the next interval.
        std::set<std::string, std::less<>> counts_due;
        LocalSubscribers locals;
        RemoteAudience remote;
        RevokedSessions revoked;
        /// Written by the shard's thread, read by any.
        std::atomic<std::uint64_t> published{0};
        std::atomic<std::size_t> subscriptions{0};
    };
    class PublishAck;
    struct Part;
    using PendingCount = std::shared_ptr<std::atomic<std::size_t>>;
    struct Audience;

    std::size_t home_of(std::string_view channel) const noexcept;
    /// Whether so many more publications are taken: the hub runs, and the bound is kept.
    bool reserve(std::size_t count);
    void publish_part(std::size_t home, Part& part);
    void publish_at_home(
        std::size_t home, Publication publication, const std::shared_ptr<PublishAck>& ack
    );
    std::shared_ptr<const ChannelMessage> append(
        std::size_t home, HomeChannel& channel, Publication publication, Deadline now
    );
    /// To those shards, in that order.
    void deliver(
        const std::string& channel,
        std::span<const std::size_t> targets,
        const Audience& audience,
        const std::shared_ptr<PublishAck>& ack
    );
    void deliver_here(std::size_t shard, const std::string& channel, const Audience& audience);
    // How subscriptions begin and end, in hub_subscriptions.cpp.
    /// The right of who has a signature for the channel, or publishes there.
    ChannelClaim claim_to(std::string_view channel) const;
    void note_subscriptions(std::size_t shard);
    void revoke_session(std::size_t shard, const SessionId& session);
    bool is_revoked(std::size_t shard, const Subscription& subscription) const;
    void attach_at_home(std::size_t home, std::size_t shard, const Subscription& subscription);
    SubscribeOutcome admit(std::size_t home, std::size_t shard, const Subscription& subscription);
    void answer(
        std::size_t shard, const Subscription& subscription, const SubscribeOutcome& outcome
    );
    void detach_at_home(std::size_t home, std::size_t shard, const Unsubscription& unsubscription);

    // What follows from coming and going, in hub_membership.cpp; on the channel's home shard.
    using Encode = std::function<std::optional<Frame>(const ChannelCodec& codec)>;
    /// Gives every subscriber what its codec makes of it.
    void send_to_subscribers(const HomeChannel& channel, const Encode& encode);
    /// Why not, if the channel is full of members, or of such as this one.
    std::optional<SubscribeRefusal> join_presence(
        HomeChannel& channel, const Subscription& subscription
    );
    void send_member_change(const HomeChannel& channel, const MemberChange& change);
    /// Ends a membership without connections since `latest` or longer.
    void announce_leave(HomeChannel& channel, const std::string& user_id, Deadline latest);
    void mark_occupied(HomeChannel& channel);
    void mark_vacated(HomeChannel& channel, Deadline latest);
    /// The channel is forgotten: members without connections are gone.
    void expire(HomeChannel& channel);
    void count_changed(std::size_t home, HomeChannel& channel);
    void publish_count(const HomeChannel& channel);
    void announce_due_leaves(std::size_t home);
    void publish_due_counts(std::size_t home);

    // The view of all instances together, in hub_cluster.cpp; on the channel's home shard.
    std::size_t subscribers_at_home(std::size_t home, std::string_view channel) const;
    std::vector<Presence::Membership> memberships_at_home(
        std::size_t home, std::string_view channel
    ) const;
    ChannelState state_at_home(std::size_t home, const std::string& channel) const;
    /// Members that are on other instances only, `user_id` left out.
    std::size_t members_elsewhere(const HomeChannel& channel, std::string_view user_id) const;
    bool is_elsewhere(const HomeChannel& channel, std::string_view user_id) const;
    /// To the bridge, if there is one.
    void report_subscribers(const HomeChannel& channel) const;
    void report_membership(const HomeChannel& channel, const std::string& user_id) const;
    void apply_at_home(std::size_t home, const RemoteState& state);
    void apply_remote_count(
        std::size_t home, const InstanceId& instance, const RemoteState::Count& count
    );
    void publish_remote_count(std::size_t home, const std::string& channel);
    void apply_remote_membership(
        std::size_t home, const InstanceId& instance, const RemoteState::Membership& changed
    );
    void announce_leaves(std::size_t home, const RemoteAudience::Leaves& leaves);

    template <class Member, class... Args>
    void notify(const std::string& channel, Member member, const Args&... args) const {
        if (options_.rules.is_internal(channel)) {
            return;
        }
        for (HubObserver* observer : observers_) {
            (observer->*member)(args...);
        }
    }

    IoShards& shards_;
    HubBridge* bridge_ = nullptr;
    const HubOptions options_;
    const std::uint32_t series_;
    /// Time and count of the last stamp, in one number.
    std::atomic<std::uint64_t> last_stamp_{0};
    std::vector<HubObserver*> observers_;
    /// Shared with the acknowledgements, which may outlive the hub.
    const PendingCount pending_;
    /// Each touched by its shard's thread only.
    std::vector<std::unique_ptr<ShardState>> states_;
};

}  // namespace orderpush::realtime
