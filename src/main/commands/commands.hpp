#pragma once

#include "main/settings/settings.hpp"

#include <span>
#include <string>
#include <vector>

namespace orderpush {

// The subcommands. Each writes what went wrong to standard error, one clear line per fault, and
// returns the exit code.

inline constexpr int kExitOk = 0;
/// The work was begun and failed.
inline constexpr int kExitFailed = 1;
/// The settings, the port or the schema do not allow it.
inline constexpr int kExitRefused = 2;

/// Serves until SIGINT or SIGTERM. RequestContext it before any other thread is started: it decides
/// which signals threads see.
int run_serve(const Settings& settings);
int run_migrate(const Settings& settings);
/// Writes the demo restaurant into the database and what is needed to try it into `demo_file`
/// (JSON, readable for its owner only; nowhere if empty), and a summary for people to standard
/// output.
int run_seed_demo(const Settings& settings, const std::string& demo_file);

/// One line on standard error.
void complain(const std::string& text);
void complain(const Error& error);
/// One line per fault: "PORT: must be …".
void complain(const std::vector<FieldError>& faults);

}  // namespace orderpush
