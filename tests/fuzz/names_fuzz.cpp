/// Names that strangers choose: of origins, channels, addresses. Three lines: a setting, an origin
/// or peer, any name.

#include "base/percent.hpp"
#include "core/access/client_address.hpp"
#include "core/access/origin_policy.hpp"
#include "core/events/channel.hpp"
#include "protocol/pusher_names.hpp"
#include "protocol/pusher_signature.hpp"
#include "realtime/wire/handshake.hpp"
#include "realtime/wire/socket_id.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <array>

namespace orderpush {
namespace {

using fuzz::require;

bool is_label(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-';
    });
}

void check_origins(const std::string& setting, const std::string& origin) {
    const auto own = OriginPolicy::parse("https://*.shop.example", "");
    if (own->allows(origin)) {
        const auto colon = origin.find("://");
        const auto end = origin.size() - std::string_view{".shop.example"}.size();
        const auto port = origin.find(':', colon + 3);
        const auto host_end = port == std::string::npos ? end : end - (origin.size() - port);
        require(
            is_label(std::string_view{origin}.substr(colon + 3, host_end - colon - 3)),
            "a star takes one label of a host"
        );
    }
    require(!OriginPolicy{}.allows(origin), "without a list nobody is allowed");
    const auto policy = OriginPolicy::parse(setting, "");
    if (!policy) {
        require(!policy.error().field_errors.empty(), "what is wrong with a list is said");
        return;
    }
    require(!policy->allows("null"), "a page without an origin is never allowed");
    require(!policy->allows("https://evil.invalid/" + setting), "a path makes no origin");
    const bool is_one = setting.find_first_of(",* \t") == std::string::npos && !setting.empty();
    require(!is_one || policy->allows(setting), "an origin that is listed is allowed");
}

void check_channels(const std::string& name) {
    if (const auto channel = Channel::parse(name)) {
        require(Channel::parse(channel->name()) == channel, "a channel has one name");
        require(channel->name().size() <= 47, "a channel's name is short");
        const std::string pusher_name = protocol::to_pusher_name(*channel);
        require(protocol::is_pusher_channel_name(pusher_name), "Pusher can spell it");
        require(protocol::from_pusher_name(pusher_name) == channel, "and back");
        require(protocol::pusher_kind(pusher_name) == channel->kind(), "with the same access");
    }
    if (const auto channel = protocol::from_pusher_name(name)) {
        // Otherwise a name with less protection would open a channel with more.
        require(protocol::to_pusher_name(*channel) == name, "a channel has one Pusher name");
    }
    if (const auto user = protocol::user_of_pusher_channel(name)) {
        require("#server-to-user-" + std::string{*user} == name, "a user has one channel");
        require(!protocol::is_pusher_channel_name(name), "that nobody can subscribe to");
    }
    if (const auto session = protocol::session_of_auth(name)) {
        require(!protocol::is_socket_id(name), "a guest's signature is no socket id");
    }
    if (const auto id = realtime::parse_socket_id(name)) {
        require(realtime::parse_socket_id(to_string(*id)) == id, "a socket id is read and written");
        require(protocol::is_socket_id(name), "what is read is of the form that is signed");
    }
}

void check_addresses(
    const std::string& setting, const std::string& peer, const std::string& forwarded
) {
    const std::array<std::string_view, 2> values{forwarded, setting};
    require(
        TrustedProxies{}.client_of(peer, values) == TrustedProxies{}.client_of(peer, {}),
        "without proxies nobody's word counts"
    );
    const auto proxies = TrustedProxies::parse(setting);
    if (!proxies) {
        require(!proxies.error().field_errors.empty(), "what is wrong with a list is said");
        return;
    }
    const std::string client = proxies->client_of(peer, values);
    require(
        proxies->trusts(peer) || client == TrustedProxies{}.client_of(peer, {}),
        "only proxies are believed"
    );
    require(TrustedProxies{}.client_of(client, {}) == client, "an address has one canonical text");
    const std::string counted_as = subscriber_of(client);
    require(!counted_as.empty() || client.empty(), "a client is counted");
    static_cast<void>(is_private_address(client));
}

void check_forms(const std::string& text) {
    if (const auto decoded = percent_decode(text)) {
        require(decoded->size() <= text.size(), "decoding makes nothing longer");
    }
    if (const auto fields = parse_form(text)) {
        require(
            fields->size() <= static_cast<std::size_t>(std::ranges::count(text, '&')) + 1,
            "fields stand between ampersands"
        );
    }
    static_cast<void>(realtime::offers_deflate(text));
}

}  // namespace
}  // namespace orderpush

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    orderpush::fuzz::Input input{data, size};
    const std::string setting = input.line();
    const std::string origin = input.line();
    const std::string name = input.rest();
    orderpush::check_origins(setting, origin);
    orderpush::check_addresses(setting, origin, name);
    orderpush::check_channels(name);
    orderpush::check_forms(name);
    return 0;
}
