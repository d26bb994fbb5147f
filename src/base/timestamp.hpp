#pragma once

#include <chrono>
#include <string>

namespace orderpush {

/// Wall-clock instants, everywhere: UTC, milliseconds, as every document shows them.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;
/// Instants for waiting and measuring.
using Deadline = std::chrono::steady_clock::time_point;

/// RFC 3339 in UTC with milliseconds: "2026-11-21T18:30:00.125Z".
std::string to_rfc3339(Timestamp time);

}  // namespace orderpush
