#pragma once

#include <string_view>

namespace orderpush::realtime {

/// What a channel's key says of the channel. How keys are spelled is the protocols' affair, so
/// whoever makes the hub gives it the rules of those that it serves. Any thread.
struct ChannelRules {
    using Rule = bool (*)(std::string_view hub_key) noexcept;
    static bool never(std::string_view /*hub_key*/) noexcept { return false; }
    static std::string_view nobody(std::string_view /*hub_key*/) noexcept { return {}; }

    /// Whether the channel keeps its last event for who subscribes later.
    Rule is_cache = never;
    /// Whether the channel serves a protocol itself and is nobody's to see: of no interest to
    /// observers.
    Rule is_internal = never;
    /// Whether the channel is one of the restaurant's.
    Rule is_reserved = never;
    /// What the keys of one application's channels begin with, by which they are counted.
    std::string_view (*app_of)(std::string_view hub_key) noexcept = nobody;
};

}  // namespace orderpush::realtime
