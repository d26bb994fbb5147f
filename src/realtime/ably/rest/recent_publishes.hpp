#pragma once

#include "base/guarded.hpp"
#include "base/timestamp.hpp"
#include "realtime/hub/channel_codec.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orderpush::realtime::ably {

/// Publishes whose ids their clients chose, so that a repeat is answered as the first was and
/// published once. Of this instance. Any thread.
class RecentPublishes {
  public:
    static constexpr std::chrono::minutes kKept{2};
    /// Beyond it the oldest is forgotten, and a repeat of that is published again.
    static constexpr std::size_t kCountMax = 50'000;

    struct Publish {
        MessageStamp stamp;
        std::size_t count = 0;
        /// Whether the hub has it; else nobody knows yet.
        bool is_settled = false;
    };

    /// Notes it, and returns nothing; the one before if there is one.
    std::optional<Publish> begin(
        std::string_view hub_key,
        std::string_view id,
        const MessageStamp& stamp,
        std::size_t count,
        Timestamp now
    );
    /// How it went: one that went wrong is forgotten, and may be tried again.
    void settle(std::string_view hub_key, std::string_view id, bool is_published);

  private:
    struct State {
        /// By hashes, so that each takes the same.
        std::map<std::string, Publish, std::less<>> known;
        /// The oldest first.
        std::deque<std::pair<Timestamp, std::string>> order;
    };

    Guarded<State> state_;
};

}  // namespace orderpush::realtime::ably
