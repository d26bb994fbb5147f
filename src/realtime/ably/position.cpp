#include "realtime/ably/position.hpp"

#include "realtime/ably/publishing.hpp"

#include <algorithm>
#include <charconv>

namespace orderpush::realtime::ably {
namespace {

constexpr std::size_t kRewindMax = 100;
constexpr std::chrono::milliseconds kRewindTimeMax{120'000};

/// Of events of the restaurant: behind the last one up to `seq`, if the next is there.
std::optional<std::uint64_t> position_of_seq(const LogExcerpt& log, std::int64_t seq) {
    std::optional<std::uint64_t> position;
    for (const auto& message : log.messages) {
        const auto other = seq_of(message->data);
        if (!other) {
            continue;
        }
        if (*other <= seq) {
            position = message->serial;
        } else {
            return *other == seq + 1 ? std::optional{message->serial - 1} : position;
        }
    }
    return position;
}

}  // namespace

std::optional<Rewind> parse_rewind(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    const std::string_view unit{rest, end};
    if (unit.empty()) {
        return Rewind{.count = std::min<std::uint64_t>(number, kRewindMax)};
    }
    if (unit != "s" && unit != "m") {
        return std::nullopt;
    }
    const std::uint64_t seconds = std::min<std::uint64_t>(number, 3'600) * (unit == "m" ? 60 : 1);
    return Rewind{
        .time = std::min(kRewindTimeMax, std::chrono::milliseconds{std::chrono::seconds{seconds}})};
}

std::optional<std::uint64_t> find_position(const LogExcerpt& log, std::string_view channel_serial) {
    if (log.epoch == 0) {
        return std::nullopt;
    }
    if (const auto seq = parse_seq_serial(channel_serial)) {
        return position_of_seq(log, *seq);
    }
    if (channel_serial == channel_serial_of(log.last_stamp)) {
        return log.last_serial;
    }
    if (channel_serial == channel_serial_of(log.opened_stamp)) {
        return log.complete_after == 0 ? std::optional<std::uint64_t>{0} : std::nullopt;
    }
    // The last of one publish has the serial of them all.
    const auto found =
        std::ranges::find_if(log.messages.rbegin(), log.messages.rend(), [&](const auto& message) {
            return channel_serial_of(message->stamp) == channel_serial;
        });
    return found == log.messages.rend() ? std::nullopt : std::optional{(*found)->serial};
}

}  // namespace orderpush::realtime::ably
