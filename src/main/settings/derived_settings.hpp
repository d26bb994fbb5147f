#pragma once

#include "base/crypto/secret_box.hpp"
#include "core/pusher_apps/pusher_app.hpp"
#include "main/settings/settings.hpp"
#include "protocol/ably_key.hpp"

#include <vector>

namespace orderpush {

/// The application of the built-in server that the settings name.
HostedApp default_hosted_app(const Settings& settings);
/// Keys of that application besides its own, by which Ably's clients come: the hosted Ably's, so
/// that they need no other one here.
std::vector<protocol::AblyKey> further_ably_keys(const Settings& settings);
/// Seals what the service stores and must be able to read again.
SecretBox make_secret_box(const Settings& settings);

}  // namespace orderpush
