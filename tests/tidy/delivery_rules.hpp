#pragma once

#include "tests/tidy/source_tree.hpp"

#include <string>

namespace orderpush::tidy {

/// Dockerfile installs and builds through ./dev alone, takes what that built, and runs neither as
/// root nor unwatched.
Findings check_dockerfile(const SourceTree& tree);
/// Migrations are those that sql/migrations/checksums records, unchanged: they have been applied
/// somewhere.
Findings check_migrations(const SourceTree& tree);
/// .env.example is `expected`, the settings table's own text.
Findings check_env_example(const SourceTree& tree, const std::string& expected);
/// Shell scripts parse.
Findings check_shell_scripts(const SourceTree& tree);
/// scripts/packages/runtime.txt names the packages of the libraries that `binary` links, and no
/// other library.
Findings check_runtime_packages(const SourceTree& tree, const std::string& binary);

/// `binary` has what the compiler's and the linker's hardening options leave in it: position
/// independence, read-only relocations bound at once, a stack that is not executable, stack
/// protectors and checked library calls.
Findings check_hardening(const std::string& binary);

}  // namespace orderpush::tidy
