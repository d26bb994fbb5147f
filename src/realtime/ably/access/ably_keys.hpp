#pragma once

#include "protocol/ably_key.hpp"
#include "realtime/ably/messages/error_info.hpp"
#include "realtime/pusher/app_table.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::realtime::ably {

/// A key of the built-in server, as Ably has them.
struct KnownKey {
    protocol::AblyKey key;
    AppPtr app;
};

/// The keys by name. Each application has one, "{id}.{key}:{secret}" of what it has for Pusher;
/// the default one has those that the settings name besides, such as the hosted Ably's: a token
/// that is signed with that is good there and here. Any thread.
class AblyKeys {
  public:
    /// `apps` outlives it.
    AblyKeys(const AppTable& apps, std::vector<protocol::AblyKey> of_default_app)
        : apps_(apps), of_default_app_(std::move(of_default_app)) {}

    /// 40400 for the name of no key, 40300 for one of an application that is disabled.
    Checked<KnownKey> find(std::string_view name) const;

  private:
    const AppTable& apps_;
    const std::vector<protocol::AblyKey> of_default_app_;
};

/// The application's own key.
protocol::AblyKey ably_key_of(const protocol::PusherApp& app);

}  // namespace orderpush::realtime::ably
