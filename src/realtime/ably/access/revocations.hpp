#pragma once

#include "base/guarded.hpp"
#include "base/timestamp.hpp"
#include "realtime/ably/access/ably_access.hpp"
#include "realtime/ably/messages/error_info.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::realtime::ably {

/// Which tokens are not good any more: those of one key, issued before a moment, that one target
/// is said of.
struct Revocation {
    enum class Kind : std::uint8_t { kClientId, kRevocationKey, kChannel };
    std::string key_name;
    Kind kind = Kind::kClientId;
    std::string value;
    Timestamp issued_before;
    /// From when on: at once, or when bearers had time to fetch another one.
    Timestamp applies_at;
};

/// "clientId:alice", "revocationKey:group", "channel:room:1"; nothing for anything else.
std::optional<std::pair<Revocation::Kind, std::string>> parse_target(std::string_view text);
std::string to_string(Revocation::Kind kind, std::string_view value);

/// The revocations of this instance, kept for as long as a token lives at most. Any thread.
class Revocations {
  public:
    /// At the bound a further one is refused: to forget one would let somebody in.
    static constexpr std::size_t kCountMax = 10'000;
    static constexpr std::chrono::hours kKept{24};

    /// 42922 at the bound. One of the same target takes the earlier one's place.
    std::optional<ErrorInfo> add(const Revocation& revocation, Timestamp now);
    /// Whether the token is revoked: of that client or revocation key, or for anything on that
    /// channel. What is not meant has only to fetch another token. Never for a key.
    bool is_revoked(const AblyAccess& access, Timestamp now) const;
    /// Whether any came into force since the last time this was asked.
    bool take_due(Timestamp now);

  private:
    /// Of key, kind and value.
    using Key = std::string;
    struct Kept {
        Timestamp issued_before;
        Timestamp applies_at;
    };
    struct State {
        std::map<Key, Kept, std::less<>> by_key;
        /// Of those that take_due() has not told of.
        std::vector<Timestamp> due;
    };
    static bool is_listed(
        const State& state, const AblyAccess& access, const Key& key, Timestamp now
    );
    static bool is_channel_listed(const State& state, const AblyAccess& access, Timestamp now);

    Guarded<State> state_;
};

}  // namespace orderpush::realtime::ably
