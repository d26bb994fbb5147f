#include "tests/support/memory/memory_stores.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;

/// Entries of one channel per claim, so that a busy channel leaves room for others.
constexpr std::int64_t kChannelEntriesMax = 64;

const MemoryDatabase::DeliveryRow* delivery_of(
    const Rows& rows, const std::string& adapter, const OutboxEntry& entry
) {
    const auto found = rows.deliveries.find({adapter, entry.channel, entry.seq});
    return found == rows.deliveries.end() ? nullptr : &found->second;
}

int resend_count(const MemoryDatabase::DeliveryRow& row) {
    using State = Settlement::State;
    return static_cast<int>(std::ranges::count_if(row.history, [](const Settlement& before) {
        return before.state == State::kDelivered || before.state == State::kDead;
    }));
}

/// Appends what is due of one channel: what is to be sent again, then what is new.
void claim_channel(
    const Rows& rows,
    const std::string& stream,
    Timestamp now,
    const std::vector<OutboxEntry>& channel,
    std::vector<OutboxEntry>& claimed
) {
    const std::int64_t settled = rows.settled_seq(stream, channel.front().channel);
    const OutboxEntry* head = nullptr;
    for (const OutboxEntry& entry : channel) {
        const auto* delivery = delivery_of(rows, stream, entry);
        const bool waits =
            delivery != nullptr && delivery->not_before && *delivery->not_before > now;
        const bool is_resend =
            delivery != nullptr && delivery->state == Settlement::State::kResend && !waits;
        if (entry.seq <= settled && !is_resend) {
            continue;
        }
        if (entry.seq > settled) {
            head = head == nullptr ? &entry : head;
            if (entry.seq >= head->seq + kChannelEntriesMax || (waits && &entry == head)) {
                return;
            }
        }
        claimed.push_back(entry);
        claimed.back().attempts = delivery != nullptr ? delivery->attempts : 0;
        claimed.back().is_resend = is_resend;
        claimed.back().resend_count = is_resend ? resend_count(*delivery) : 0;
    }
}

/// What is settled stays so; what is sent again stays behind what followed it.
void keep(Rows& rows, const std::string& stream, const Settlement& settlement, Timestamp now) {
    using State = Settlement::State;
    const MemoryDatabase::DeliveryRow row{settlement, now, {}};
    const auto [delivery, is_new] =
        rows.deliveries.try_emplace({stream, settlement.channel, settlement.seq}, row);
    const State before = delivery->second.state;
    if (is_new || (before != State::kRetry && before != State::kResend)) {
        return;
    }
    auto history = std::move(delivery->second.history);
    const Settlement& last = delivery->second;
    const bool is_same = last.attempts == settlement.attempts && last.via == settlement.via &&
                         last.reason == settlement.reason;
    if (last.attempts > 0 && !is_same) {
        history.push_back(delivery->second);  // its own history was moved from
    }
    delivery->second = row;
    delivery->second.history = std::move(history);
    if (before == State::kResend && settlement.state == State::kRetry) {
        delivery->second.state = State::kResend;
    }
}

}  // namespace

Result<std::vector<OutboxEntry>> MemoryOutbox::claim(
    std::string_view adapter, std::size_t limit, Timestamp now
) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<OutboxEntry>> {
        std::vector<OutboxEntry> claimed;
        for (const auto& [channel, entries] : rows.outbox) {
            if (!entries.empty()) {
                claim_channel(rows, std::string{adapter}, now, entries, claimed);
            }
        }
        if (claimed.size() > limit) {
            claimed.erase(claimed.begin() + static_cast<std::ptrdiff_t>(limit), claimed.end());
        }
        return claimed;
    });
}

Result<void> MemoryOutbox::settle(
    std::string_view adapter, std::span<const Settlement> settlements, Timestamp now
) {
    return database_.with([&](Rows& rows) -> Result<void> {
        for (const Settlement& settlement : settlements) {
            keep(rows, std::string{adapter}, settlement, now);
        }
        return {};
    });
}

}  // namespace orderpush::test
