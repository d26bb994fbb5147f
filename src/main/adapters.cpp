#include "main/adapters.hpp"

#include "adapters/builtin/builtin_adapter.hpp"
#include "adapters/builtin/builtin_authorizer.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace orderpush {
namespace {

Adapter make_builtin(const AdapterSources& sources) {
    const Settings& settings = sources.settings;
    return {
        .push = std::make_unique<adapters::BuiltinAdapter>(
            sources.hub, adapters::BuiltinOptions{.reconnect_hold = settings.builtin_reconnect_hold}
        ),
        .authorizer = std::make_unique<adapters::BuiltinAuthorizer>(settings.builtin_app),
        .endpoint = [key =
                         settings.builtin_app.key](const PublicUrl& url) -> app::RealtimeEndpoint {
            return {
                .provider = "builtin",
                .protocol = "pusher",
                .key = key,
                .host = url.host,
                .port = url.port,
                .is_tls = url.is_tls,
                .auth_url = url.origin() + "/v1/realtime/pusher/auth"};
        }};
}

using Factory = Adapter (*)(const AdapterSources& sources);

// A further adapter is a name here and its factory at the same place below.
constexpr std::array<std::string_view, 1> kNames{"builtin"};
constexpr std::array<Factory, kNames.size()> kFactories{make_builtin};

}  // namespace

std::span<const std::string_view> adapter_names() {
    return kNames;
}

std::vector<Adapter> make_adapters(const AdapterSources& sources) {
    std::vector<Adapter> made;
    for (const std::string& name : sources.settings.push_adapters) {
        const auto found = std::ranges::find(kNames, name);
        if (found == kNames.end()) {
            throw std::invalid_argument("no adapter of this name: " + name);
        }
        made.push_back(kFactories.at(static_cast<std::size_t>(found - kNames.begin()))(sources));
    }
    return made;
}

}  // namespace orderpush
