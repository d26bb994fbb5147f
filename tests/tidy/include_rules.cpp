#include "tests/tidy/include_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace orderpush::tidy {
namespace {

constexpr std::string_view kAnything = "*";

/// A folder and what it may include besides `src/base` and itself.
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
        {"src/usecases", {"src/core"}},
        {"src/storage", {"src/core"}},
        {"src/realtime", {"src/core", "src/protocol"}},
        {"src/http_server", {"src/core", "src/protocol", "src/realtime"}},
        {"src/http", {"src/usecases", "src/core", "src/protocol"}},
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

/// A layer that is divided into rooms, one per subject. A file that stands in a room may include
/// its own room, the layer's own files and the rooms that are listed for it; a layer's own file
/// may include no room, unless `is_composed`, where it puts the rooms together.
struct Rooms {
    std::string_view layer;
    bool is_composed;
    std::vector<Layer> rooms;
};

/// What reaches the database below, the subjects above it.
std::vector<Layer> storage_rooms() {
    return {
        {"database", {}},
        {"restaurant", {"database"}},
        {"access", {"database"}},
        {"events", {"database"}},
        {"orders", {"database", "restaurant"}},
        {"kitchen", {"database", "orders"}},
        {"tables", {"database", "orders", "restaurant"}},
        {"payments", {"database", "tables"}},
        {"delivery", {"database", "events"}},
        {"presence", {"database"}},
        {"incoming_webhooks", {"database"}},
        {"outgoing_webhooks", {"database"}},
        {"cluster", {"database"}},
        {"pusher_apps", {"database"}},
        {"operations", {"database", "orders"}},
        {"demo", {"database"}}};
}

/// Protocols on one hub. Ably's clients belong to applications, which are Pusher's.
std::vector<Layer> realtime_rooms() {
    return {
        {"event_loop", {}},
        {"wire", {}},
        {"hub", {"event_loop", "wire"}},
        {"cluster", {"hub"}},
        {"sockets", {"event_loop", "hub", "wire"}},
        {"pusher", {"hub", "sockets", "wire"}},
        {"ably", {"event_loop", "hub", "pusher", "sockets", "wire"}},
        {"kitchen_display", {"hub", "sockets"}},
        {"socketio", {"event_loop", "hub", "sockets", "wire"}}};
}

/// One per subject, which know how a request is read and nothing of each other.
std::vector<Layer> http_rooms() {
    std::vector<Layer> rooms{{"json", {}}, {"routing", {"json"}}};
    for (const std::string_view subject :
         {"access",
          "delivery",
          "events",
          "incoming_webhooks",
          "kitchen",
          "operations",
          "orders",
          "outgoing_webhooks",
          "pages",
          "payments",
          "presence",
          "restaurant",
          "tables"}) {
        rooms.push_back({subject, {"json", "routing"}});
    }
    return rooms;
}

std::vector<Layer> main_rooms() {
    return {
        {"settings", {}},
        {"lifecycle", {}},
        {"metrics", {"settings"}},
        {"http", {"settings"}},
        {"delivery", {"settings"}},
        {"service", {"delivery", "http", "lifecycle", "metrics", "settings"}},
        {"commands", {"service", "settings"}}};
}

const std::vector<Rooms>& divided_layers() {
    static const std::vector<Rooms> table{
        {"src/base",
         false,
         {{"crypto", {}}, {"observability", {}}, {"threads", {"observability"}}}},
        {"src/core",
         false,
         {{"events", {}},
          {"restaurant", {"events"}},
          {"access", {"events", "restaurant"}},
          {"orders", {"events", "restaurant"}},
          {"payments", {"events", "orders"}},
          {"kitchen", {"events", "orders"}},
          {"tables", {"access", "events", "kitchen", "orders", "restaurant"}},
          {"delivery", {"events"}},
          {"presence", {"events"}},
          {"incoming_webhooks", {"presence"}},
          {"outgoing_webhooks", {}},
          {"cluster", {}},
          {"pusher_apps", {}},
          {"operations", {"delivery", "orders"}}}},
        {"src/usecases",
         false,
         {{"json", {}},
          {"access", {"json"}},
          {"events", {"access", "json"}},
          {"orders", {"access", "events", "json"}},
          {"restaurant", {"access", "events", "json"}},
          {"tables", {"access", "events", "json", "orders"}},
          {"payments", {"events", "json", "tables"}},
          {"delivery", {"events"}},
          {"presence", {"access", "delivery"}},
          {"incoming_webhooks", {}},
          {"outgoing_webhooks", {}},
          {"kitchen", {"access", "delivery", "events", "json", "orders", "outgoing_webhooks"}},
          {"cluster", {}},
          {"pusher_apps", {}},
          {"operations", {"delivery", "events"}}}},
        {"src/storage", false, storage_rooms()},
        {"src/realtime", false, realtime_rooms()},
        {"src/main", true, main_rooms()},
        {"src/http", true, http_rooms()},
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
        {"boost/", {"src/realtime", "src/http_server"}},
        {"httplib.h", {"src/main/commands"}},
        {"pqxx/", {"src/storage"}},
        {"libpq-fe.h", {"src/storage"}},
        {"curl/", {"src/net"}},
        {"openssl/", {"src/base"}},
        {"sodium", {"src/base"}},
        {"simdjson.h", {"src/realtime"}},
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

/// The room of `layer` that holds `path`: empty for the layer's own files.
std::string_view room_of(std::string_view path, std::string_view layer) {
    const std::string_view rest = path.substr(layer.size() + 1);
    const auto end = rest.find('/');
    return end == std::string_view::npos ? std::string_view{} : rest.substr(0, end);
}

bool is_allowed_within(const Rooms& divided, std::string_view file, std::string_view target) {
    const std::string_view from = room_of(file, divided.layer);
    const std::string_view to = room_of(target, divided.layer);
    if (from == to || (to.empty() && !divided.is_composed)) {
        return true;
    }
    if (from.empty()) {
        return divided.is_composed;
    }
    const auto room = std::ranges::find(divided.rooms, from, &Layer::folder);
    return room != divided.rooms.end() && std::ranges::count(room->may_include, to) > 0;
}

const Rooms* divided_layer_of(std::string_view path) {
    const auto divided = std::ranges::find_if(divided_layers(), [&](const Rooms& each) {
        return stands_in(path, each.layer);
    });
    return divided == divided_layers().end() ? nullptr : &*divided;
}

bool is_allowed(const Layer& layer, std::string_view file, std::string_view target) {
    if (stands_in(target, layer.folder)) {
        const Rooms* const divided = divided_layer_of(file);
        return divided == nullptr || is_allowed_within(*divided, file, target);
    }
    return stands_in(target, "src/base") ||
           std::ranges::any_of(layer.may_include, [&](std::string_view folder) {
               return folder == kAnything || stands_in(target, folder);
           });
}

/// Whether `file` stands in a room that the table does not know.
bool is_in_unknown_room(const SourceFile& file) {
    const Rooms* const divided = divided_layer_of(file.path);
    if (divided == nullptr) {
        return false;
    }
    const std::string_view room = room_of(file.path, divided->layer);
    return !room.empty() &&
           std::ranges::find(divided->rooms, room, &Layer::folder) == divided->rooms.end();
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
        } else if (!is_allowed(layer, file.path, *target)) {
            const std::string folder = file.path.substr(0, file.path.rfind('/'));
            findings.push_back(finding(file, i, folder + " may not include " + *target));
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

/// JSON stays out of headers, as it is slow to compile; those that sources share to build or read
/// one document may name its type. Ably's messages hold values of any shape (their extras), so that
/// one header of theirs brings the whole type.
bool may_include_json(const SourceFile& file, std::string_view header) {
    const bool is_inner = file.is_in("src/usecases/json") || file.is_in("src/realtime");
    const bool is_shared = is_inner && file.path.ends_with("_json.hpp");
    return file.path.ends_with(".cpp") || (is_shared && header == "nlohmann/json_fwd.hpp") ||
           file.path == "src/realtime/ably/messages/wire_value.hpp";
}

void check_homes_of(const SourceFile& file, Findings& findings) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const auto name = included(file.lines[i], '<', '>');
        if (!name) {
            continue;
        }
        if (name->starts_with("nlohmann/") && !may_include_json(file, *name)) {
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
        if (layer == layers().end() || is_in_unknown_room(file)) {
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
