#pragma once

#include "main/settings/settings.hpp"

#include <string_view>

namespace orderpush {

/// What its help says.
inline constexpr std::string_view kNewEpochDetails =
    "\n"
    "Run it on a copy of the database before the service is started on it, and after a restore\n"
    "that the service cannot notice by itself (files of the server that were put back while the\n"
    "service was stopped).\n"
    "\n"
    "- The logs begin a new epoch: displays read their boards anew.\n"
    "- What waits to be pushed goes to the dead letters (GET /v1/deliveries), webhooks that wait\n"
    "  are dropped (GET /v1/webhooks); nothing of it is sent unless somebody asks for it.\n"
    "- No alarm is raised for what was ordered before.\n"
    "- Sequences of webhooks go on behind all that were ever given.\n"
    "\n"
    "It changes the database of DATABASE_URL at once and asks nothing. Stop its services first.\n";

/// Begins a new epoch of the logs and gives up everything that waits to be sent; prints what that
/// was. Migrates first where the service would at its start.
int run_new_epoch(const Settings& settings);

}  // namespace orderpush
