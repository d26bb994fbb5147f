#include "realtime/ably/access/revocations.hpp"

#include "realtime/ably/access/refusal.hpp"

#include <algorithm>
#include <array>

namespace orderpush::realtime::ably {
namespace {

/// At the places of their kinds.
constexpr std::array<std::string_view, 3> kWords{"clientId:", "revocationKey:", "channel:"};
constexpr std::size_t kValueBytesMax = 2'048;

std::string key_of(std::string_view key_name, Revocation::Kind kind, std::string_view value) {
    // No key's name has a newline.
    return std::string{key_name} + '\n' + to_string(kind, value);
}

}  // namespace

std::optional<std::pair<Revocation::Kind, std::string>> parse_target(std::string_view text) {
    for (std::size_t place = 0; place < kWords.size(); ++place) {
        const std::string_view word = kWords.at(place);
        const bool is_meant = text.starts_with(word) && text.size() > word.size() &&
                              text.size() - word.size() <= kValueBytesMax;
        if (is_meant) {
            return std::pair{
                static_cast<Revocation::Kind>(place), std::string{text.substr(word.size())}};
        }
    }
    return std::nullopt;
}

std::string to_string(Revocation::Kind kind, std::string_view value) {
    return std::string{kWords.at(static_cast<std::size_t>(kind))} + std::string{value};
}

std::optional<ErrorInfo> Revocations::add(const Revocation& revocation, Timestamp now) {
    return state_.with([&](State& state) -> std::optional<ErrorInfo> {
        auto& kept = state.by_key;
        Key key = key_of(revocation.key_name, revocation.kind, revocation.value);
        if (kept.size() >= kCountMax && !kept.contains(key)) {
            std::erase_if(kept, [&](const auto& entry) {
                return entry.second.issued_before + kKept < now;
            });
        }
        if (kept.size() >= kCountMax && !kept.contains(key)) {
            return refusal(code::kTooManyRequests, "Too many revocations at one time");
        }
        const auto [place, is_new] = kept.try_emplace(
            std::move(key),
            Kept{.issued_before = revocation.issued_before, .applies_at = revocation.applies_at}
        );
        if (!is_new) {
            Kept& before = place->second;
            before.issued_before = std::max(before.issued_before, revocation.issued_before);
            before.applies_at = std::min(before.applies_at, revocation.applies_at);
        }
        if (std::ranges::find(state.due, revocation.applies_at) == state.due.end()) {
            state.due.push_back(revocation.applies_at);
        }
        return {};
    });
}

bool Revocations::is_listed(
    const State& state, const AblyAccess& access, const Key& key, Timestamp now
) {
    const auto found = state.by_key.find(key);
    return found != state.by_key.end() && found->second.applies_at <= now &&
           *access.issued_at < found->second.issued_before;
}

bool Revocations::is_channel_listed(const State& state, const AblyAccess& access, Timestamp now) {
    const Key first = key_of(access.key_name, Revocation::Kind::kChannel, "");
    for (auto each = state.by_key.lower_bound(first);
         each != state.by_key.end() && each->first.starts_with(first);
         ++each) {
        const std::string_view channel = std::string_view{each->first}.substr(first.size());
        if (access.capability.is_for(channel) && is_listed(state, access, each->first, now)) {
            return true;
        }
    }
    return false;
}

bool Revocations::is_revoked(const AblyAccess& access, Timestamp now) const {
    if (!access.issued_at) {
        return false;
    }
    const auto is_listed_as = [&](const State& state, Revocation::Kind kind, std::string_view value
                              ) {
        return !value.empty() &&
               is_listed(state, access, key_of(access.key_name, kind, value), now);
    };
    return state_.with([&](const State& state) {
        return !state.by_key.empty() &&
               (is_listed_as(state, Revocation::Kind::kClientId, access.client.id()) ||
                is_listed_as(state, Revocation::Kind::kRevocationKey, access.revocation_key) ||
                is_channel_listed(state, access, now));
    });
}

bool Revocations::take_due(Timestamp now) {
    return state_.with([&](State& state) {
        return std::erase_if(state.due, [&](Timestamp time) { return time <= now; }) > 0;
    });
}

}  // namespace orderpush::realtime::ably
