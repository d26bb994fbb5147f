#pragma once

#include "main/settings/settings.hpp"

namespace orderpush {

/// Begins a new epoch of the logs and gives up everything that waits to be sent; prints what that
/// was. Migrates first where the service would at its start.
int run_new_epoch(const Settings& settings);

}  // namespace orderpush
