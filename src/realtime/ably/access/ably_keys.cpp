#include "realtime/ably/access/ably_keys.hpp"

#include "realtime/ably/access/refusal.hpp"

#include <algorithm>

namespace orderpush::realtime::ably {
namespace {

Checked<KnownKey> enabled(KnownKey key) {
    if (key.app->settings.is_disabled) {
        return refusal(code::kForbidden, "The application is disabled");
    }
    return key;
}

}  // namespace

protocol::AblyKey ably_key_of(const protocol::PusherApp& app) {
    return {.name = app.id + '.' + app.key, .secret = app.secret};
}

Checked<KnownKey> AblyKeys::find(std::string_view name) const {
    const auto named = std::ranges::find(of_default_app_, name, &protocol::AblyKey::name);
    if (named != of_default_app_.end()) {
        return enabled({.key = *named, .app = apps_.default_app()});
    }
    // An id is digits, and a key has no dot.
    const auto dot = name.find('.');
    const AppPtr app = dot == std::string_view::npos ? nullptr : apps_.by_id(name.substr(0, dot));
    if (app == nullptr || app->credentials.key != name.substr(dot + 1)) {
        return refusal(code::kNotFound, "No such application or key");
    }
    return enabled({.key = ably_key_of(app->credentials), .app = app});
}

}  // namespace orderpush::realtime::ably
