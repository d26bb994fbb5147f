#include "tests/support/memory/memory_stores.hpp"

#include <set>

namespace orderpush::test {

Result<std::size_t> MemoryAnnouncements::announce(
    const Event& event, std::span<const Audience> audiences, int branches_max
) {
    return database_.with([&](MemoryDatabase::Rows& rows) -> Result<std::size_t> {
        std::set<Uuid> active;
        for (const auto& [channel, entries] : rows.outbox) {
            const bool has_room = active.size() < static_cast<std::size_t>(branches_max);
            if (channel.audience() == Audience::kKitchen && !entries.empty() && has_room) {
                active.insert(channel.subject());
            }
        }
        Event addressed = event;
        addressed.channels.clear();
        for (const Uuid& branch : active) {
            for (const Audience audience : audiences) {
                addressed.channels.push_back(
                    Channel::from_parts(to_string(audience), to_string(branch)).value()
                );
            }
        }
        rows.record({addressed});
        return addressed.channels.size();
    });
}

}  // namespace orderpush::test
