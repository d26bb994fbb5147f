#include "core/delivery/delivery_store.hpp"

#include <algorithm>
#include <charconv>

namespace orderpush {

std::string_view to_string(DeliveryState state) noexcept {
    return state == DeliveryState::kRetry ? "retry" : "dead";
}

std::optional<DeliveryState> parse_delivery_state(std::string_view word) {
    if (word == "retry") {
        return DeliveryState::kRetry;
    }
    return word == "dead" ? std::optional{DeliveryState::kDead} : std::nullopt;
}

bool is_stream_name(std::string_view name) noexcept {
    constexpr std::size_t kLengthMax = 32;
    return !name.empty() && name.size() <= kLengthMax &&
           std::ranges::all_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string to_string(const DeliveryKey& key) {
    return key.stream + '.' + key.channel.name() + '.' + std::to_string(key.seq);
}

std::optional<DeliveryKey> parse_delivery_key(std::string_view text) {
    const auto first = text.find('.');
    const auto last = text.rfind('.');
    if (first == last || !is_stream_name(text.substr(0, first))) {
        return std::nullopt;
    }
    const auto channel = Channel::parse(text.substr(first + 1, last - first - 1));
    const std::string_view digits = text.substr(last + 1);
    std::int64_t seq = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stopped, failure] = std::from_chars(digits.data(), end, seq);
    if (!channel || failure != std::errc{} || stopped != end || seq < 1) {
        return std::nullopt;
    }
    DeliveryKey key{.stream = std::string{text.substr(0, first)}, .channel = *channel, .seq = seq};
    const bool is_canonical = to_string(key) == text;
    return is_canonical ? std::optional{std::move(key)} : std::nullopt;
}

}  // namespace orderpush
