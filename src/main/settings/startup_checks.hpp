#pragma once

#include "base/result.hpp"
#include "main/settings/settings.hpp"

#include <vector>

namespace orderpush {

/// What is wrong with what settings name outside of themselves, each under its setting's name. The
/// start and `check-config` look at the same things; nothing of them is left behind.
struct StartupFaults {
    /// The start ends with these: BIND_ADDRESS or PORT that this machine does not let be bound,
    /// TLS files that cannot be used.
    std::vector<FieldError> fatal;
    /// The start logs these and does without: WEB_DIR.
    std::vector<FieldError> tolerable;
};

/// A port that somebody listens on is no fault here: it may be the service itself, and the start
/// says so when it binds. Blocks on the file system.
StartupFaults find_startup_faults(const Settings& settings);

}  // namespace orderpush
