#pragma once

#include "base/result.hpp"
#include "realtime/sockets/upgrade.hpp"
#include "usecases/access/authenticator.hpp"

namespace orderpush {

/// Checks the credential of an upgrade on a path that takes one, which is the kitchen display's,
/// and puts what it is good for in place of it. Errors as usecases::admit_display(). Any thread;
/// never blocks.
Result<void> authorize_upgrade(
    const usecases::Authenticator& authenticator, realtime::UpgradeRequest& request
);

}  // namespace orderpush
