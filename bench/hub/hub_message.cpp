#include "bench/hub/hub_message.hpp"

#include "base/clock.hpp"
#include "protocol/pusher_request.hpp"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>

namespace orderpush::bench {
namespace {

/// Stands before and behind the figures; nowhere else in a frame.
constexpr char kMark = '@';

const SystemClock wall_clock;

/// Reads "123:" and moves behind it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto length = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || length >= text.size()) {
        return std::nullopt;
    }
    text.remove_prefix(length + 1);
    return number;
}

}  // namespace

std::string hub_payload(const HubMessage& message) {
    const std::chrono::nanoseconds sent_at = message.sent_at.time_since_epoch();
    std::string text =
        fmt::format("{0}{1}:{2}:{3}{0}", kMark, message.publisher, message.number, sent_at.count());
    text.resize(kHubPayloadBytes, '.');
    return text;
}

std::optional<HubMessage> hub_message_in(std::string_view frame) {
    const auto mark = frame.find(kMark);
    if (mark == std::string_view::npos) {
        return std::nullopt;
    }
    frame.remove_prefix(mark + 1);
    const auto publisher = take_number(frame);
    const auto number = publisher ? take_number(frame) : std::nullopt;
    const auto sent_at = number ? take_number(frame) : std::nullopt;
    if (!sent_at) {
        return std::nullopt;
    }
    return HubMessage{
        .publisher = static_cast<std::uint32_t>(*publisher),
        .number = *number,
        .sent_at = Moment{std::chrono::nanoseconds{*sent_at}}};
}

void count_in_order(std::vector<std::uint64_t>& heard, const HubMessage& message) {
    std::uint64_t& due = heard.at(message.publisher);
    if (message.number != due) {
        throw std::runtime_error(fmt::format(
            "publisher {}: message {} came, and {} was due", message.publisher, message.number, due
        ));
    }
    ++due;
}

std::string hub_channel(std::size_t number) {
    return fmt::format("bench-{}", number);
}

std::string publish_request(
    const protocol::PusherApp& app, std::string_view channel, std::string_view data
) {
    const std::string path = fmt::format("/apps/{}/events", app.id);
    const std::string body =
        fmt::format(R"({{"name":"tick","channel":"{}","data":"{}"}})", channel, data);
    return fmt::format(
        "POST {}?{} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        path,
        protocol::signed_query(app, "POST", path, body, wall_clock.now()),
        body.size(),
        body
    );
}

}  // namespace orderpush::bench
