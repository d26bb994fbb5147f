#pragma once

#include "main/settings/settings.hpp"

#include <string_view>

namespace orderpush {

/// What `orderpush new-epoch --help` prints.
extern const std::string_view kNewEpochHelp;

/// Begins a new epoch of the logs and gives up everything that waits to be sent; prints what that
/// was. Migrates first where the service would at its start.
int run_new_epoch(const Settings& settings);

}  // namespace orderpush
