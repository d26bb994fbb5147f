#include "tests/support/memory/memory_stores.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;
using State = Settlement::State;

/// How far the streams in force got.
std::int64_t reached_seq(const Rows& rows, const Channel& channel) {
    std::int64_t reached = 0;
    for (const auto& [name, is_active] : rows.streams) {
        reached = std::max(reached, is_active ? rows.settled_seq(name, channel) : 0);
    }
    return reached;
}

void begin(Rows& rows, const std::string& name, Timestamp now) {
    for (const auto& [channel, entries] : rows.outbox) {
        const std::int64_t reached = reached_seq(rows, channel);
        if (!entries.empty() && reached > rows.settled_seq(name, channel)) {
            const Settlement skipped{
                .channel = channel, .seq = reached, .state = State::kSkipped, .attempts = 0};
            rows.deliveries.insert_or_assign(
                {name, channel, reached}, MemoryDatabase::DeliveryRow{skipped, now, {}}
            );
        }
    }
}

void end(Rows& rows, const std::string& name) {
    std::erase_if(rows.deliveries, [&](const auto& row) {
        return std::get<0>(row.first) == name && row.second.state == State::kRetry;
    });
    for (auto& [key, row] : rows.deliveries) {
        if (std::get<0>(key) == name && row.state == State::kResend) {
            row.state = State::kDead;
        }
    }
}

bool is_active(const Rows& rows, const std::string& name) {
    const auto found = rows.streams.find(name);
    return found != rows.streams.end() && found->second;
}

}  // namespace

Result<void> MemoryRelayStreams::set(const std::vector<std::string>& names, Timestamp now) {
    return database_.with([&](Rows& rows) -> Result<void> {
        for (const std::string& name : names) {
            if (!is_active(rows, name)) {
                begin(rows, name, now);
            }
        }
        std::map<std::string, bool> streams;
        for (const auto& [name, was_active] : rows.streams) {
            streams[name] = std::ranges::find(names, name) != names.end();
            if (was_active && !streams[name]) {
                end(rows, name);
            }
        }
        for (const std::string& name : names) {
            streams[name] = true;
        }
        rows.streams = std::move(streams);
        return {};
    });
}

}  // namespace orderpush::test
