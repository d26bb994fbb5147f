#include "tests/tidy/include_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace orderpush::tidy {
namespace {

constexpr std::string_view kAnything = "*";

struct Layer {
    std::string_view folder;
    std::vector<std::string_view> may_include;
};

/// The first row whose folder holds a file decides.
const std::vector<Layer>& layers() {
    static const std::vector<Layer> table{
        {"src/base", {}},
        {"src/core", {}},
        {"src/net", {}},
        {"src/protocol", {"src/core"}},
        {"src/app", {"src/core"}},
        {"src/storage", {"src/core"}},
        {"src/realtime", {"src/core", "src/protocol"}},
        {"src/front_door", {"src/core", "src/realtime"}},
        {"src/http", {"src/app", "src/core"}},
        {"src/main", {kAnything}},
        {"adapters/builtin", {"src/core", "src/protocol", "src/realtime"}},
        {"adapters/pusher", {"src/core", "src/protocol", "src/net"}},
        {"adapters/ably", {"src/core", "src/protocol", "src/net"}},
        {"adapters/webhooks", {"src/core", "src/protocol", "src/net"}},
        {"adapters", {"src/core", "adapters"}},
        {"webhooks", {"src/core", "src/protocol"}},
        {"tests/support", {"src/core", "src/net", "src/protocol", "src/storage"}},
        {"tests", {kAnything}},
        {"bench", {kAnything}},
    };
    return table;
}

struct Home {
    /// How the names of the headers begin.
    std::string_view headers;
    std::vector<std::string_view> folders;
};

const std::vector<Home>& homes() {
    static const std::vector<Home> table{
        {"boost/", {"src/realtime", "src/front_door"}},
        {"httplib.h", {"src/http"}},
        {"pqxx/", {"src/storage"}},
        {"libpq-fe.h", {"src/storage"}},
        {"curl/", {"src/net"}},
        {"openssl/", {"src/base"}},
        {"sodium", {"src/base"}},
        {"simdjson.h", {"src/realtime"}},
        {"spdlog/", {"src/base"}},
        {"jwt.h", {"src/base"}},
        {"zlib.h", {"src/base"}},
        {"prometheus/", {"src/base"}},
    };
    return table;
}

/// What stands between `open` and `close` on an include line.
std::optional<std::string> included(std::string_view line, char open, char close) {
    if (!line.starts_with("#include")) {
        return std::nullopt;
    }
    const auto begin = line.find(open);
    const auto end = begin == std::string_view::npos ? begin : line.find(close, begin + 1);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    return std::string{line.substr(begin + 1, end - begin - 1)};
}

/// The path from the root of what `file` includes as `name`: from src, tests, the root, or from
/// beside the file.
std::optional<std::string> resolve(
    const SourceTree& tree, const SourceFile& file, const std::string& name
) {
    const std::string beside = file.path.substr(0, file.path.rfind('/') + 1);
    for (const std::string& candidate : {"src/" + name, "tests/" + name, name, beside + name}) {
        if (tree.find(candidate) != nullptr) {
            return candidate;
        }
    }
    return std::nullopt;
}

bool stands_in(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

bool is_allowed(const Layer& layer, std::string_view target) {
    if (stands_in(target, "src/base") || stands_in(target, layer.folder)) {
        return true;
    }
    return std::ranges::any_of(layer.may_include, [&](std::string_view folder) {
        return folder == kAnything || stands_in(target, folder);
    });
}

void check_arrows_of(
    const SourceTree& tree, const SourceFile& file, const Layer& layer, Findings& findings
) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const auto name = included(file.lines[i], '"', '"');
        if (!name) {
            continue;
        }
        const auto target = resolve(tree, file, *name);
        if (!target) {
            findings.push_back(
                finding(file, i, "includes " + *name + ", which is not in the project")
            );
        } else if (!is_allowed(layer, *target)) {
            findings.push_back(
                finding(file, i, std::string{layer.folder} + " may not include " + *target)
            );
        }
    }
}

bool is_at_home(const SourceFile& file, const std::string& header) {
    const auto home = std::ranges::find_if(homes(), [&](const Home& each) {
        return header.starts_with(each.headers);
    });
    return home == homes().end() ||
           std::ranges::any_of(home->folders, [&](std::string_view folder) {
               return file.is_in(folder);
           });
}

void check_homes_of(const SourceFile& file, Findings& findings) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const auto name = included(file.lines[i], '<', '>');
        if (!name) {
            continue;
        }
        if (name->starts_with("nlohmann/") && !file.path.ends_with(".cpp")) {
            findings.push_back(finding(file, i, "JSON stays out of headers"));
        }
        if (!is_at_home(file, *name)) {
            findings.push_back(finding(file, i, "<" + *name + "> is not at home here"));
        }
    }
}

}  // namespace

Findings check_include_arrows(const SourceTree& tree) {
    Findings findings;
    for (const SourceFile& file : tree.files) {
        if (!file.is_cpp()) {
            continue;
        }
        const auto layer =
            std::ranges::find_if(layers(), [&](const Layer& l) { return file.is_in(l.folder); });
        if (layer == layers().end()) {
            findings.push_back(file.path + ": stands in a folder without include rules");
        } else {
            check_arrows_of(tree, file, *layer, findings);
        }
    }
    return findings;
}

Findings check_third_party_homes(const SourceTree& tree) {
    Findings findings;
    for (const SourceFile& file : tree.files) {
        // Tests and benchmarks are clients of their own and bring the libraries that takes.
        if (file.is_cpp() && !file.is_in("tests") && !file.is_in("bench")) {
            check_homes_of(file, findings);
        }
    }
    return findings;
}

}  // namespace orderpush::tidy
