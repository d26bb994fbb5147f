#include "main/http/client_recovery.hpp"

#include "adapters/builtin/builtin_adapter.hpp"
#include "base/crypto/crypto.hpp"
#include "base/crypto/secret_box.hpp"
#include "main/http/pooled_reply.hpp"
#include "usecases/delivery/payload_truncation.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace orderpush {
namespace {

using realtime::ChannelPosition;
using realtime::MissedEvents;
using realtime::MissedQuery;

/// For how long a client may be away; those that are connected are extended every minute.
constexpr std::chrono::minutes kKeptFor{5};
constexpr int kPurgedAtOnce = 1'000;
/// Read at once, and in all: beyond it a client is told that it missed something. Far below what
/// may wait for a connection, also where an event is told under two names.
constexpr int kPageSize = 100;
constexpr std::size_t kMissedMax = 400;
constexpr std::size_t kMissedBytesMax = 256U * 1024U;

/// As the built-in adapter sends it.
std::string data_of(OutboxEntry entry) {
    usecases::cut_to_fit(entry, adapters::kBuiltinPayloadBytesMax);
    return envelope(entry);
}

/// What is read of the channels, one after another.
class MissedReader {
  public:
    MissedReader(EventLog& events, const std::vector<Channel>& channels)
        : events_(events), channels_(channels), entries_(channels.size()) {}

    /// The entries of the channel behind `after`; false if some of them are gone, or too many.
    Result<bool> read(std::size_t index, std::int64_t after) {
        for (;;) {
            auto page = ORDERPUSH_TRY(events_.read(channels_[index], after, kPageSize));
            if (after < page.oldest_seq - 1 || after > page.last_seq) {
                return false;
            }
            for (OutboxEntry& entry : page.entries) {
                bytes_ += entry.payload.size();
                if (++count_ > kMissedMax || bytes_ > kMissedBytesMax) {
                    return false;
                }
                after = entry.seq;
                entries_[index].push_back(std::move(entry));
            }
            if (page.entries.empty() || after >= page.last_seq) {
                return true;
            }
        }
    }
    std::int64_t last_seq(std::size_t index, std::int64_t after) const {
        return entries_[index].empty() ? after : entries_[index].back().seq;
    }
    /// In the order of each channel, and across channels in that of the events.
    std::vector<realtime::MissedEvent> merged() const {
        std::vector<realtime::MissedEvent> all;
        std::vector<std::size_t> next(channels_.size(), 0);
        for (;;) {
            const OutboxEntry* first = nullptr;
            std::size_t from = 0;
            for (std::size_t i = 0; i < channels_.size(); ++i) {
                const bool is_left = next[i] < entries_[i].size();
                if (is_left &&
                    (first == nullptr || entries_[i][next[i]].event_id < first->event_id)) {
                    first = &entries_[i][next[i]];
                    from = i;
                }
            }
            if (first == nullptr) {
                return all;
            }
            ++next[from];
            all.push_back(
                {.channel = channels_[from].name(),
                 .seq = first->seq,
                 .event = first->name,
                 .data = data_of(*first)}
            );
        }
    }

  private:
    EventLog& events_;
    const std::vector<Channel>& channels_;
    std::vector<std::vector<OutboxEntry>> entries_;
    std::size_t bytes_ = 0;
    std::size_t count_ = 0;
};

}  // namespace

Result<MissedEvents> read_missed_events(
    RecoveryStore& store, EventLog& events, const MissedQuery& query
) {
    MissedEvents missed{.events = {}, .up_to = query.since};
    std::vector<Channel> channels;
    for (const ChannelPosition& position : query.since) {
        // The hub's keys of rooms are the names of channels.
        channels.push_back(Channel::parse(position.channel).value());
    }
    if (query.heard) {
        const auto heard = Channel::parse(query.heard->channel);
        const auto known = heard
                               ? ORDERPUSH_TRY(store.positions(*heard, query.heard->seq, channels))
                               : std::nullopt;
        missed.is_complete = known.has_value();
        for (std::size_t i = 0; known && i < channels.size(); ++i) {
            const bool is_heard = channels[i] == *heard;
            const std::int64_t seq =
                is_heard ? query.heard->seq - (query.is_partly_heard ? 1 : 0) : (*known)[i];
            missed.up_to[i].seq = std::max(missed.up_to[i].seq, seq);
        }
    }
    if (!missed.is_complete) {  // nobody knows what it has: nothing is told twice
        for (std::size_t i = 0; i < channels.size(); ++i) {
            const auto page = ORDERPUSH_TRY(events.read(channels[i], 0, 1));
            missed.up_to[i].seq = page.last_seq;
        }
        return missed;
    }
    MissedReader reader{events, channels};
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const bool is_whole = ORDERPUSH_TRY(reader.read(i, missed.up_to[i].seq));
        missed.is_complete = missed.is_complete && is_whole;
        missed.up_to[i].seq = reader.last_seq(i, missed.up_to[i].seq);
    }
    missed.events = reader.merged();
    return missed;
}

void PooledClientRecovery::keep(std::string private_id, std::string kept, DoneReply reply) {
    ask_pool<void>(
        deps_.pool,
        reply,
        [this, private_id = std::move(private_id), kept = std::move(kept)] {
            return deps_.store.save(
                sha256_hex(private_id),
                SecretBox{{private_id}}.seal(kept),
                deps_.clock.now() + kKeptFor
            );
        }
    );
}

void PooledClientRecovery::find(std::string private_id, KeptReply reply) {
    ask_pool<std::optional<std::string>>(
        deps_.pool,
        reply,
        [this, private_id = std::move(private_id)] { return find_now(private_id); }
    );
}

Result<std::optional<std::string>> PooledClientRecovery::find_now(const std::string& private_id) {
    const std::string key = sha256_hex(private_id);
    if (forgotten_.with([&](const auto& keys) { return keys.contains(key); })) {
        return std::optional<std::string>{};
    }
    const auto kept = ORDERPUSH_TRY(deps_.store.find(key, deps_.clock.now()));
    return kept ? SecretBox{{private_id}}.open(*kept) : std::nullopt;
}

void PooledClientRecovery::extend(std::vector<std::string> private_ids) {
    ask_pool<void>(
        deps_.pool,
        [](const Result<void>&) {},  // the next minute tries again
        [this, private_ids = std::move(private_ids)]() -> Result<void> {
            const Timestamp now = deps_.clock.now();
            std::vector<std::string> keys;
            keys.reserve(private_ids.size());
            for (const std::string& private_id : private_ids) {
                keys.push_back(sha256_hex(private_id));
            }
            if (!keys.empty()) {
                ORDERPUSH_TRY(deps_.store.extend(keys, now + kKeptFor));
            }
            ORDERPUSH_TRY(deps_.store.purge(now, kPurgedAtOnce));
            return {};
        }
    );
}

void PooledClientRecovery::forget(std::string private_id) {
    const std::string key = sha256_hex(private_id);
    forgotten_.with([&](auto& keys) { keys.insert(key); });
    ask_pool<void>(
        deps_.pool,
        [this, key](const Result<void>&) {  // what could not be removed expires
            forgotten_.with([&](auto& keys) { keys.extract(key); });
        },
        [this, key] { return deps_.store.remove(key); }
    );
}

void PooledClientRecovery::read_missed(MissedQuery query, MissedReply reply) {
    ask_pool<MissedEvents>(deps_.pool, reply, [this, query = std::move(query)] {
        return read_missed_events(deps_.store, deps_.events, query);
    });
}

}  // namespace orderpush
