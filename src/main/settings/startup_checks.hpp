#pragma once

#include "base/result.hpp"
#include "main/settings/settings.hpp"

#include <vector>

namespace orderpush {

// What is wrong with what settings name outside of themselves, each under its setting's name. The
// start and `check-config` look at the same things; nothing of them is left behind. Both block on
// the file system.

/// The start ends with these: BIND_ADDRESS or PORT that this machine does not let be bound, TLS
/// files that cannot be used. A port that somebody listens on is no fault here: it may be the
/// service itself, and the start says so when it binds.
std::vector<FieldError> find_fatal_faults(const Settings& settings);

/// The start logs these when it loads the pages, and does without: WEB_DIR, which is read whole.
std::vector<FieldError> find_tolerable_faults(const Settings& settings);

}  // namespace orderpush
