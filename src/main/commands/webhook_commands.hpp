#pragma once

#include "main/settings/settings.hpp"

#include <functional>
#include <span>
#include <string>

namespace orderpush {

// The subcommands about the webhooks of the built-in server's applications, for the operator: the
// same as the HTTP API with OPERATOR_TOKEN. Exit codes as in commands.hpp.

/// "webhook-list [--state STATE] [--endpoint ID]", "webhook-replay ID", "webhook-endpoints",
/// "webhook-enable ID"; nothing if the words are none of them.
std::function<int(const Settings& settings)> webhook_command(std::span<const std::string> words);

}  // namespace orderpush
