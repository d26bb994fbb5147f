#include "realtime/ably/rest/recent_publishes.hpp"

#include "base/crypto/crypto.hpp"

namespace orderpush::realtime::ably {
namespace {

std::string hash_of(std::string_view hub_key, std::string_view id) {
    // No hub's key has a newline.
    return sha256_hex(std::string{hub_key} + '\n' + std::string{id});
}

}  // namespace

std::optional<RecentPublishes::Publish> RecentPublishes::begin(
    std::string_view hub_key,
    std::string_view id,
    const MessageStamp& stamp,
    std::size_t count,
    Timestamp now
) {
    std::string hash = hash_of(hub_key, id);
    return state_.with([&](State& state) -> std::optional<Publish> {
        while (!state.order.empty() &&
               (state.order.front().first + kKept < now || state.order.size() >= kCountMax)) {
            state.known.erase(state.order.front().second);
            state.order.pop_front();
        }
        const auto [place, is_new] =
            state.known.try_emplace(hash, Publish{.stamp = stamp, .count = count});
        if (!is_new) {
            return place->second;
        }
        state.order.emplace_back(now, std::move(hash));
        return std::nullopt;
    });
}

void RecentPublishes::settle(std::string_view hub_key, std::string_view id, bool is_published) {
    const std::string hash = hash_of(hub_key, id);
    state_.with([&](State& state) {
        const auto found = state.known.find(hash);
        if (found == state.known.end()) {
            return;
        }
        if (is_published) {
            found->second.is_settled = true;
            return;
        }
        state.known.erase(found);
        // Its place in the order too, or it would end the next try's time.
        std::erase_if(state.order, [&](const auto& entry) { return entry.second == hash; });
    });
}

}  // namespace orderpush::realtime::ably
