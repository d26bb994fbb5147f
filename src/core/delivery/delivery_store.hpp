#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/events/channel.hpp"
#include "core/idempotency_store.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// What a delivery that did not succeed waits for.
enum class DeliveryState {
    kRetry,  ///< the next attempt
    kDead,   ///< somebody to have it sent again
};

/// "retry", "dead".
std::string_view to_string(DeliveryState state) noexcept;
std::optional<DeliveryState> parse_delivery_state(std::string_view word);

/// Handing one entry of a channel to one stream.
struct DeliveryKey {
    std::string stream;
    Channel channel;
    std::int64_t seq = 0;

    auto operator<=>(const DeliveryKey&) const = default;
};

/// Whether a stream or an adapter could be called so: 1 to 32 lower-case letters.
bool is_stream_name(std::string_view name) noexcept;

/// "failover.kitchen:0190….17".
std::string to_string(const DeliveryKey& key);
std::optional<DeliveryKey> parse_delivery_key(std::string_view text);

struct FailedDelivery {
    DeliveryKey key;
    /// The adapter that refused it last, if one was asked.
    std::optional<std::string> via;
    EventId event;
    std::string event_name;
    DeliveryState state = DeliveryState::kDead;
    int attempts = 0;
    /// The provider's answer.
    std::string reason;
    Timestamp updated_at;
    Timestamp occurred_at;
};

/// Whose deliveries.
struct DeliveryOwner {
    RestaurantId restaurant;
    /// Nothing: all branches.
    std::optional<BranchId> branch = {};
};

struct DeliveryFilter {
    DeliveryOwner owner;
    DeliveryState state = DeliveryState::kDead;
    /// Of a stream or an adapter of this name.
    std::optional<std::string> adapter = {};
    std::optional<DeliveryKey> after = {};
    /// 1 to 201: a page and one more, which shows that there is a next page.
    int limit = 50;
};

/// What retrying all of them is answered with: {"count": 3, "more": false}. There may be more where
/// as many were found as were looked for.
inline std::string retried_json(int count, int limit) {
    return "{\"count\":" + std::to_string(count) +
           ",\"more\":" + (count == limit ? "true" : "false") + "}";
}

/// What a stream has not handed over yet.
struct StreamBacklog {
    std::string stream;
    std::int64_t entry_count = 0;
    std::optional<Timestamp> oldest_at = {};
};

/// The deliveries that did not succeed, for those who look after them. Channels belong to the
/// branch of what they stand for. Implementations: storage (PostgreSQL) and tests/support (in
/// memory); one contract suite judges both. Any thread; blocks on the store. Beside what a member
/// names, each can answer kUnavailable and kTimeout.
class DeliveryStore {
  public:
    DeliveryStore() = default;
    DeliveryStore(const DeliveryStore&) = delete;
    DeliveryStore& operator=(const DeliveryStore&) = delete;
    virtual ~DeliveryStore() = default;

    /// In order of their keys.
    virtual Result<std::vector<FailedDelivery>> list(const DeliveryFilter& filter) = 0;
    /// A dead one is sent again, with its own id and `seq`, behind what followed it; one that waits
    /// does not wait any longer. kNotFound "delivery_not_found", of another owner too; kConflict
    /// "delivery_settled": nothing is left to be sent; "stream_ended": nobody would send it;
    /// "idempotency_key_taken". The answer is stored with the change.
    virtual Result<void> retry(
        const DeliveryKey& key,
        const DeliveryOwner& owner,
        Timestamp now,
        const std::optional<StoredResponse>& answer = {}
    ) = 0;
    /// retry() of the first dead ones of the streams in force, at most `limit`; how many. `adapter`
    /// as in DeliveryFilter. Of `answer` the body is the store's to write, as retried_json() has
    /// it. kConflict "idempotency_key_taken".
    virtual Result<int> retry_dead(
        const DeliveryOwner& owner,
        const std::optional<std::string>& adapter,
        int limit,
        Timestamp now,
        const std::optional<StoredResponse>& answer = {}
    ) = 0;
    /// Of each stream in force, of this owner's channels only.
    virtual Result<std::vector<StreamBacklog>> backlogs(const DeliveryOwner& owner) = 0;
    /// Of each stream in force, of all owners, counted up to `entries_max`, 1 to 100000, in the
    /// order of the channels' names: what is beyond that has no part in either figure.
    virtual Result<std::vector<StreamBacklog>> total_backlogs(int entries_max) = 0;
};

}  // namespace orderpush
