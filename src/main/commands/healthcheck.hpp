#pragma once

#include "main/settings/settings.hpp"

#include <string>

namespace orderpush {

/// Where the service with these settings says that it is alive: http, or https with a certificate,
/// on an address of this machine.
std::string live_url(const Settings& settings);

/// Asks the service at `url`, "http://host:port/live", whether it is alive, for three seconds at
/// most. kExitOk if it says so; else kExitFailed, with the reason in one line on standard error. A
/// certificate is not checked on this machine's own address, which it does not name.
int run_healthcheck(const std::string& url);

}  // namespace orderpush
