#include "tests/support/memory/memory_stores.hpp"

namespace orderpush::test {

Result<ChannelHistory> MemoryEventLog::read(const Channel& channel, std::int64_t after, int limit) {
    return database_.with([&](MemoryDatabase::Rows& rows) -> Result<ChannelHistory> {
        ChannelHistory history{.entries = {}, .last_seq = rows.last_seqs[channel]};
        const auto& entries = rows.outbox[channel];
        history.oldest_seq = entries.empty() ? history.last_seq + 1 : entries.front().seq;
        for (const OutboxEntry& entry : entries) {
            const bool has_room = history.entries.size() < static_cast<std::size_t>(limit);
            if (entry.seq > after && has_room) {
                history.entries.push_back(entry);
            }
        }
        return history;
    });
}

}  // namespace orderpush::test
