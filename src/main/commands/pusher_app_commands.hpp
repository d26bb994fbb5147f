#pragma once

#include "main/settings/settings.hpp"
#include "usecases/pusher_apps/pusher_app_registry.hpp"

#include <optional>
#include <span>
#include <string>

namespace orderpush {

// The subcommands about additional applications of the built-in server. Exit codes as in
// commands.hpp.

/// Prints the new application, as JSON: the only time that its secret is shown.
int run_app_add(const Settings& settings, const usecases::AppDraft& draft);
/// Prints all, the default one first, without secrets.
int run_app_list(const Settings& settings);
int run_app_disable(const Settings& settings, const std::string& id, bool is_disabled);
int run_app_remove(const Settings& settings, const std::string& id);

/// From "--id 7 --client-events …"; nothing if a word is unknown, lacks its value, or is no number
/// where one belongs.
std::optional<usecases::AppDraft> parse_app_draft(std::span<const std::string> words);

}  // namespace orderpush
