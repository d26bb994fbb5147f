#pragma once

#include "base/guarded.hpp"
#include "base/timestamp.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace orderpush::realtime::ably {

/// The nonces of token requests that were honoured, for as long as such a request could come
/// again. Only who knows a key gets to fill it. Any thread.
class UsedNonces {
  public:
    enum class Use : std::uint8_t { kFirst, kAgain, kFull };
    /// At the bound nothing more is taken: to forget one would honour it again.
    static constexpr std::size_t kCountMax = 100'000;

    explicit UsedNonces(std::chrono::milliseconds kept) : kept_(kept) {}

    Use use(std::string_view key_name, std::string_view nonce, Timestamp now);

  private:
    struct State {
        /// Hashes, so that each takes the same.
        std::set<std::string, std::less<>> known;
        /// The oldest first.
        std::deque<std::pair<Timestamp, std::string>> order;
    };

    const std::chrono::milliseconds kept_;
    Guarded<State> state_;
};

}  // namespace orderpush::realtime::ably
