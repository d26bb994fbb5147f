#pragma once

#include "main/settings/settings.hpp"
#include "storage/database/schema.hpp"

#include <chrono>
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
/// For the commands that need the schema: it is current, or brought there, by a session of the
/// server. Errors of storage::migrate() and storage::check_session().
Result<storage::MigrationReport> migrate(const Settings& settings);
/// Writes the demo restaurant into the database and what is needed to try it into `demo_file`
/// (JSON, readable for its owner only; nowhere if empty), and a summary for people to standard
/// output.
int run_seed_demo(const Settings& settings, const std::string& demo_file);

/// How long the end of the process waits for who reads what it said.
inline constexpr std::chrono::seconds kLongestFlush{2};

/// One line on standard error, written by the time log::flush() returns.
void complain(const std::string& text);
void complain(const Error& error);
/// One line per fault: "PORT: must be …".
void complain(const std::vector<FieldError>& faults);
/// Complains of what ended a command; its exit code: refused on a conflict, failed otherwise.
int report_failure(const Error& error);

}  // namespace orderpush
