#include "tests/tidy/delivery_rules.hpp"

#include "base/crypto/crypto.hpp"
#include "tests/tidy/shell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>

namespace orderpush::tidy {
namespace {

constexpr std::string_view kMigrations = "sql/migrations";
constexpr std::string_view kRecordHint =
    " (a new migration: cd sql/migrations && sha256sum *.sql > checksums; a released one never "
    "changes)";

/// From here on each migration says which binaries can live with it; of those before none but
/// their own can, unless they say so.
constexpr std::string_view kFirstWithOldestBinary = "0027";
constexpr std::string_view kOldestBinary = "-- oldest-binary: ";

constexpr std::array<std::string_view, 7> kDockerSteps{
    "RUN ./dev install build",
    "RUN ./dev build release src/main/orderpush",
    "RUN ./dev install runtime",
    "COPY --from=build /src/build/release/src/main/orderpush ",
    "COPY --from=build /src/build/release/src/main/web ",
    "USER orderpush",
    "HEALTHCHECK ",
};

constexpr std::array<std::string_view, 6> kToolsOfDev{
    "apt-get", "apt", "cmake", "ninja", "pip", "npm"};

std::set<std::string> words_of(const std::string& text) {
    std::istringstream stream{text};
    std::set<std::string> words;
    for (std::string word; stream >> word;) {
        words.insert(word);
    }
    return words;
}

bool is_shell_script(const SourceFile& file) {
    const bool has_shebang = !file.lines.empty() && file.lines.front().starts_with("#!") &&
                             file.lines.front().ends_with("sh");
    return has_shebang || file.path.ends_with(".sh");
}

/// File name to SHA-256, as sha256sum writes them.
std::map<std::string, std::string> recorded_checksums(const SourceFile& record) {
    std::map<std::string, std::string> checksums;
    for (const std::string& line : record.lines) {
        std::istringstream stream{line};
        std::string sum;
        std::string name;
        stream >> sum >> name;
        checksums[name] = sum;
    }
    return checksums;
}

std::set<std::string> package_list(const SourceFile& file) {
    std::set<std::string> packages;
    for (const std::string& line : file.lines) {
        if (!line.empty() && !line.starts_with('#')) {
            packages.insert(line);
        }
    }
    return packages;
}

/// The packages that may provide a shared library, as dpkg knows them.
std::set<std::string> providers_of(const std::string& library) {
    return words_of(
        ask_shell("dpkg -S " + quoted("*/" + library) + " 2>/dev/null | cut -d: -f1 | sort -u")
            .output
    );
}

/// Whether a migration names the oldest binary that can live with it: its own number, if none that
/// does not know it can.
bool names_oldest_binary(const SourceFile& migration) {
    const std::string own = migration.name().substr(0, kFirstWithOldestBinary.size());
    return own < kFirstWithOldestBinary ||
           std::ranges::any_of(migration.lines, [&](const std::string& line) {
               return line.starts_with(kOldestBinary) &&
                      line.size() == kOldestBinary.size() + own.size() &&
                      line.substr(kOldestBinary.size()) <= own;
           });
}

bool is_any_in(const std::set<std::string>& some, const std::set<std::string>& all) {
    return std::ranges::any_of(some, [&](const std::string& each) { return all.contains(each); });
}

}  // namespace

Findings check_dockerfile(const SourceTree& tree) {
    const SourceFile* dockerfile = tree.find("Dockerfile");
    if (dockerfile == nullptr) {
        return {"Dockerfile: is missing"};
    }
    Findings findings;
    const std::string text = dockerfile->text();
    for (const std::string_view step : kDockerSteps) {
        if (text.find(step) == std::string::npos) {
            findings.push_back("Dockerfile: lacks " + std::string{step});
        }
    }
    for (const std::string& word : words_of(text)) {
        if (std::ranges::find(kToolsOfDev, word) != kToolsOfDev.end()) {
            findings.push_back(
                "Dockerfile: calls " + word + " by itself, which is for ./dev to do"
            );
        }
    }
    return findings;
}

Findings check_migrations(const SourceTree& tree) {
    const std::string record_path = std::string{kMigrations} + "/checksums";
    const SourceFile* record = tree.find(record_path);
    if (record == nullptr) {
        return {record_path + ": is missing" + std::string{kRecordHint}};
    }
    Findings findings;
    auto recorded = recorded_checksums(*record);
    for (const SourceFile& file : tree.files) {
        if (!file.is_in(kMigrations) || !file.path.ends_with(".sql")) {
            continue;
        }
        if (recorded[file.name()] != sha256_hex(file.text())) {
            findings.push_back(file.path + ": is not as recorded" + std::string{kRecordHint});
        }
        if (!names_oldest_binary(file)) {
            findings.push_back(
                file.path + ": lacks a line '" + std::string{kOldestBinary} +
                "NNNN', the number of the oldest migration whose binaries can live with it (its "
                "own: none)"
            );
        }
        recorded.erase(file.name());
    }
    for (const auto& [name, sum] : recorded) {
        findings.push_back(fmt::format("{}: names {}, which is gone", record_path, name));
    }
    return findings;
}

Findings check_env_example(const SourceTree& tree, const std::string& expected) {
    const SourceFile* example = tree.find(".env.example");
    if (example == nullptr || example->text() != expected) {
        return {".env.example: is not what `orderpush settings-example` prints"};
    }
    return {};
}

Findings check_shell_scripts(const SourceTree& tree) {
    Findings findings;
    for (const SourceFile& file : tree.files) {
        if (!is_shell_script(file)) {
            continue;
        }
        const auto answer =
            ask_shell("bash -n " + quoted((tree.root / file.path).string()) + " 2>&1");
        if (answer.status != 0) {
            findings.push_back(file.path + ": does not parse: " + answer.output);
        }
    }
    return findings;
}

Findings check_runtime_packages(const SourceTree& tree, const std::string& binary) {
    const SourceFile* list = tree.find("scripts/packages/runtime.txt");
    if (list == nullptr) {
        return {"scripts/packages/runtime.txt: is missing"};
    }
    // In every Debian image.
    const std::set<std::string> essential{"libc6", "libgcc-s1"};
    const std::set<std::string> listed = package_list(*list);
    std::set<std::string> unused = listed;
    // No library: what TLS to the hosted providers trusts.
    unused.erase("ca-certificates");

    const auto linked = ask_shell(
        "readelf -d " + quoted(binary) + " | sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\].*/\\1/p'"
    );
    const auto libraries = words_of(linked.output);
    Findings findings;
    if (libraries.empty()) {
        findings.push_back(binary + ": cannot be read");
    }
    for (const std::string& library : libraries) {
        const auto providers = providers_of(library);
        if (!is_any_in(providers, listed) && !is_any_in(providers, essential)) {
            findings.push_back("scripts/packages/runtime.txt: lacks the package of " + library);
        }
        for (const std::string& package : providers) {
            unused.erase(package);
        }
    }
    for (const std::string& package : unused) {
        findings.push_back(fmt::format("scripts/packages/runtime.txt: {} is not linked", package));
    }
    return findings;
}

Findings check_hardening(const std::string& binary) {
    struct Trace {
        const char* command;
        const char* pattern;
        bool is_expected;
        const char* missing;
    };
    constexpr std::array kTraces{
        Trace{"readelf -hW", "Type: *DYN", true, "is not position independent"},
        Trace{"readelf -lW", "GNU_RELRO", true, "has no read-only relocations"},
        Trace{"readelf -dW", "FLAGS.*NOW", true, "does not bind its symbols at the start"},
        Trace{"readelf -lW", "GNU_STACK.* RWE", false, "has an executable stack"},
        Trace{"readelf --dyn-syms -W", "__stack_chk_fail", true, "has no stack protectors"},
        Trace{"readelf --dyn-syms -W", "__[a-z]*_chk@", true, "has no checked library calls"},
    };
    Findings findings;
    for (const Trace& trace : kTraces) {
        const std::string command =
            fmt::format("{} {} | grep -qE '{}'", trace.command, quoted(binary), trace.pattern);
        if ((ask_shell(command).status == 0) != trace.is_expected) {
            findings.push_back(binary + ": " + trace.missing);
        }
    }
    return findings;
}

}  // namespace orderpush::tidy
