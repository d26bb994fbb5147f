#include "realtime/ably/channel_names.hpp"

#include "base/percent.hpp"
#include "core/events/channel.hpp"
#include "protocol/pusher_names.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/wire/utf8.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace orderpush::realtime::ably {
namespace {

/// Before the key of a name that Pusher's clients cannot have; no name of theirs has it.
constexpr char kOwnKey = '~';

ErrorInfo bad_name(std::string message) {
    return {.code = 40010, .status = 400, .message = std::move(message)};
}

/// A key has one slash at most, behind the application (app_prefix_of).
std::string escaped(std::string_view name) {
    std::string text{kOwnKey};
    for (const char c : name) {
        if (c == '%') {
            text += "%25";
        } else if (c == '/') {
            text += "%2F";
        } else {
            text.push_back(c);
        }
    }
    return text;
}

std::optional<ErrorInfo> read_qualifier(std::string_view text, ChannelName& channel) {
    const auto question = std::min(text.find('?'), text.size());
    channel.qualifier = text.substr(0, question);
    const auto fields = parse_form(text.substr(std::min(question + 1, text.size())));
    if (!fields) {
        return bad_name("The parameters of the channel's name cannot be read");
    }
    for (const auto& [name, value] : *fields) {
        channel.params.insert_or_assign(name, value);
    }
    return std::nullopt;
}

}  // namespace

Checked<ChannelName> parse_channel_name(std::string_view spelled) {
    if (spelled.size() > kChannelNameBytesMax || !is_utf8(spelled)) {
        return bad_name("The channel's name is too long");
    }
    ChannelName channel;
    channel.spelled = spelled;
    std::string_view name = spelled;
    if (name.starts_with('[')) {
        const auto end = name.find(']');
        if (end == std::string_view::npos) {
            return bad_name("The channel's name has a qualifier without an end");
        }
        if (auto error = read_qualifier(name.substr(1, end - 1), channel)) {
            return *std::move(error);
        }
        name.remove_prefix(end + 1);
        if (!channel.qualifier.empty()) {
            return bad_name("Channels with the qualifier " + channel.qualifier + " are not served");
        }
    }
    const bool is_good = !name.empty() && name.find_first_of("\r\n") == std::string_view::npos &&
                         std::string_view{":[, \t"}.find(name.front()) == std::string_view::npos;
    if (!is_good) {
        return bad_name("This is no name of a channel");
    }
    channel.name = name;
    return channel;
}

std::string hub_key_of(const App& app, std::string_view name) {
    if (app.is_default() && Channel::parse(name)) {
        // Another spelling of an id is no other channel.
        return Channel::parse(name)->name();
    }
    if (!protocol::is_pusher_channel_name(name)) {
        return app.key_prefix + escaped(name);
    }
    return realtime::hub_key_of(app, name);
}

std::string ably_name_of(std::string_view hub_key) {
    if (Channel::parse(hub_key)) {
        return std::string{hub_key};
    }
    const std::string_view name = without_app(hub_key);
    return name.starts_with(kOwnKey) ? percent_decode(name.substr(1)).value_or("")
                                     : std::string{name};
}

bool is_reserved_key(std::string_view hub_key) {
    return kPusherChannelRules.is_reserved(hub_key);
}

}  // namespace orderpush::realtime::ably
