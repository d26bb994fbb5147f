#pragma once

#include "base/memory_use.hpp"
#include "realtime/sockets/message_budget.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace orderpush::realtime {

/// What all connections of one client address together may do. 0: no bound.
struct AddressLimits {
    std::size_t subscriptions_max = 0;
    /// Of these: of connections that have shown no signature, to what needs none.
    std::size_t anonymous_subscriptions_max = 0;
    /// Over a longer time; ten seconds' worth may come at once.
    std::uint32_t messages_per_second_max = 0;
};

/// What they have used of it. Any thread.
struct AddressUse {
    SharedMessageBudget messages;
    std::atomic<std::size_t> subscriptions = 0;
    std::atomic<std::size_t> anonymous_subscriptions = 0;
    /// What is kept of what they have not finished sending, or not taken yet.
    MemoryUse memory;
};

/// One connection's share in the limits of its address.
class AddressQuota {
  public:
    /// Without bounds.
    AddressQuota() = default;
    /// Both outlive the quota.
    AddressQuota(const AddressLimits& limits, AddressUse& use) : limits_(&limits), use_(&use) {}

    /// Requires limits.
    const AddressLimits& limits() const noexcept { return *limits_; }
    /// False: the address sends too much.
    bool take_message(Deadline now) const {
        const std::uint32_t rate = limits_ == nullptr ? 0 : limits_->messages_per_second_max;
        return rate == 0 || use_->messages.take(rate_with_burst(rate), now);
    }
    /// A bound that the address has reached.
    struct Full {
        std::size_t most = 0;
        /// Of those without a signature.
        bool is_anonymous = false;
    };
    /// Nothing: there is room, to be given back.
    std::optional<Full> take_subscription(bool is_anonymous = false) const {
        if (limits_ == nullptr) {
            return std::nullopt;
        }
        const std::size_t anonymous_max = limits_->anonymous_subscriptions_max;
        if (is_anonymous && !take(use_->anonymous_subscriptions, anonymous_max)) {
            return Full{.most = anonymous_max, .is_anonymous = true};
        }
        if (take(use_->subscriptions, limits_->subscriptions_max)) {
            return std::nullopt;
        }
        if (is_anonymous) {
            --use_->anonymous_subscriptions;
        }
        return Full{.most = limits_->subscriptions_max};
    }
    void give_back_subscription(bool is_anonymous = false) const {
        if (limits_ != nullptr) {
            --use_->subscriptions;
            use_->anonymous_subscriptions -= is_anonymous ? 1 : 0;
        }
    }

  private:
    /// `most` 0: there is no bound.
    static bool take(std::atomic<std::size_t>& count, std::size_t most) {
        if (++count <= most || most == 0) {
            return true;
        }
        --count;
        return false;
    }

    const AddressLimits* limits_ = nullptr;
    AddressUse* use_ = nullptr;
};

/// How many connections each client address has. Holds no address without one, so it is bounded by
/// the connections. Not synchronised.
class AddressCounts {
  public:
    struct Address {
        std::size_t connections = 0;
        AddressUse use = {};
    };
    /// An address and its count: what a connection keeps. Valid until it was removed as often as it
    /// was added.
    using Entry = std::unordered_map<std::string, Address>::value_type;

    /// One more of that address.
    Entry* add(const std::string& address) {
        Entry& entry = *counts_.try_emplace(address).first;
        ++entry.second.connections;
        return &entry;
    }
    void remove(Entry* entry) {
        if (--entry->second.connections == 0) {
            counts_.erase(counts_.find(entry->first));
        }
    }
    std::size_t size() const noexcept { return counts_.size(); }

  private:
    std::unordered_map<std::string, Address> counts_;
};

}  // namespace orderpush::realtime
