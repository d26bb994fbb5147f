#include "main/settings/setting_readers.hpp"
#include "main/settings/settings.hpp"

#include <algorithm>
#include <array>

namespace orderpush {
namespace {

constexpr bool kPlain = false;
constexpr std::size_t kInstanceLengthMax = 16;

Fault read_transports(Settings& settings, const std::string& value) {
    if (value != "polling,websocket" && value != "websocket") {
        return "must be polling,websocket or websocket";
    }
    settings.has_socketio_polling = value != "websocket";
    return std::nullopt;
}

Fault read_instance(Settings& settings, const std::string& value) {
    const auto is_good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    if (value.size() > kInstanceLengthMax || !std::ranges::all_of(value, is_good)) {
        return "must be up to 16 letters and digits";
    }
    settings.socketio_instance = value;
    return std::nullopt;
}

/// How Socket.IO is spoken.
constexpr std::array kTable{
    SettingRow{
        "SOCKETIO_TRANSPORTS",
        "polling,websocket",
        kPlain,
        "How Socket.IO clients may connect: polling,websocket or websocket. With several instances "
        "polling needs a balancer that sends a session to its instance.",
        read_transports},
    SettingRow{
        "SOCKETIO_INSTANCE",
        "",
        kPlain,
        "What the ids of Socket.IO sessions begin with on this instance, followed by a dot, so "
        "that "
        "a balancer can tell by them: up to 16 letters and digits. Empty: nothing.",
        read_instance},
};

}  // namespace

std::span<const SettingRow> socketio_settings_table() {
    return kTable;
}

std::optional<std::string> socketio_note(const Settings& settings) {
    if (!settings.has_builtin()) {
        return "Socket.IO is not served: its clients hear through the built-in server, and "
               "PUSH_ADAPTERS is without builtin.";
    }
    if (settings.push_adapters.size() > 1 && settings.push_mode == PushMode::kFailover) {
        return "Socket.IO clients hear nothing while events go through another adapter: with "
               "PUSH_MODE=failover that is whenever builtin is not the one in use. "
               "PUSH_MODE=mirror has no such times.";
    }
    return std::nullopt;
}

}  // namespace orderpush
