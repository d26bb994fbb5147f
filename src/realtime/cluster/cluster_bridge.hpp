#pragma once

#include "base/guarded.hpp"
#include "base/observability/log_limiter.hpp"
#include "core/cluster/broker.hpp"
#include "realtime/cluster/cluster_message.hpp"
#include "realtime/hub/hub.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace orderpush::realtime {

struct ClusterBridgeOptions {
    /// Counts and memberships in one message at most.
    std::size_t changes_max = 256;
    /// How long this instance is not complete for the sake of others that do not answer.
    std::chrono::milliseconds answer_patience{2'000};
    /// How long the reading of the broker waits for the hub to have handed on what it was given.
    std::chrono::milliseconds patience{5'000};
    /// How long the members of an instance that ends stay: they may be back elsewhere by then.
    std::chrono::milliseconds leave_grace{0};
};

/// Joins the hub of this instance to those of the others. What is published goes through the
/// broker and comes back in the order of all. Who subscribes here is reported to the others: each
/// instance keeps its own subscribers and reports changes, the last state of each only; one that
/// starts, or has missed something, asks, and everyone reports everything anew. So whatever is
/// lost, the views agree again.
class ClusterBridge final : public HubBridge, public BrokerHandler {
  public:
    /// Hub and broker outlive the bridge's use: stop the broker before the shards.
    ClusterBridge(Hub& hub, Broker& broker, ClusterBridgeOptions options);

    void publish(std::vector<Publication> publications, BatchCompletion completion) override;

    void on_subscribers(const std::string& channel, std::size_t subscribers) override;
    void on_membership(const RemoteState::Membership& membership) override;

    void on_messages(const InstanceId& origin, std::span<const std::string_view> bodies) override;
    void on_gap() override;

    /// To be called every few seconds: reports everything anew if the last report may be lost, or
    /// if `was_absent`: others have taken this instance for dead.
    void repair(bool was_absent);
    /// Forgets the instances that are not among these, which were alive at `asked_at`; those that
    /// were first heard of later stay, and those that announced their leave, for the grace.
    void keep(std::span<const InstanceId> alive, Deadline asked_at);
    /// Whether the others have reported what there is to know, or had the time. False before the
    /// first keep(). Any thread.
    bool is_complete() const;
    /// Announces to the others that this instance ends. Before the broker is stopped.
    void announce_leave();

  private:
    using MembershipKey = std::pair<std::string, std::string>;
    /// What is still to be reported. A change replaces an earlier one of the same.
    struct PendingUpdates {
        enum class Mark { kBegin, kEnd };
        struct CountOf {
            std::string channel;
        };
        using Step = std::variant<Mark, CountOf, MembershipKey>;
        /// False: no change is reported before everything is.
        bool is_joined = false;
        bool is_under_way = false;
        /// After so many gaps others are to report everything, and for so many they were asked.
        std::size_t gaps = 0;
        std::size_t gaps_asked = 0;
        /// Shards that have yet to report everything, and for which report.
        std::size_t shards_left = 0;
        std::size_t report_number = 0;
        std::map<std::string, std::size_t, std::less<>> counts;
        std::map<MembershipKey, RemoteState::Membership> memberships;
        std::deque<Step> steps;
    };
    class Delivery;

    void receive(const InstanceId& origin, std::string_view body, const std::shared_ptr<Delivery>&);
    void forget(const InstanceId& instance);
    void report_all();
    void report_shard(std::size_t report_number, RemoteState own);
    static void put(PendingUpdates& pending, RemoteState::Count count);
    static void put(PendingUpdates& pending, RemoteState::Membership membership);
    /// Sends the next changes, unless some are under way.
    void flush();
    std::optional<RemoteState> take_next(std::size_t& gaps_asked);
    void on_reported(bool is_published, std::size_t gaps_asked);

    Hub& hub_;
    Broker& broker_;
    const ClusterBridgeOptions options_;
    /// What is known of the others.
    struct Peers {
        /// Since when they are known.
        std::map<InstanceId, Deadline> known;
        /// When those that ended said so.
        std::map<InstanceId, Deadline> leaving;
        /// Those that have reported everything.
        std::set<InstanceId> reported;
        /// Of those that were there at the start, who has not; nothing before that is known.
        std::optional<std::set<InstanceId>> awaited;
        Deadline awaited_until = {};
    };

    Guarded<PendingUpdates> pending_;
    Guarded<Peers> peers_;
    LogLimiter unknown_lines_{1};
};

}  // namespace orderpush::realtime
