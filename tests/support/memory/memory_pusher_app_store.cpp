#include "tests/support/memory/memory_pusher_app_store.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

Error unknown() {
    return {
        .kind = ErrorKind::kNotFound,
        .code = "app_unknown",
        .message = "There is no application with that id."};
}

}  // namespace

Result<void> MemoryPusherAppStore::add(const HostedApp& app, Timestamp) {
    return apps_.with([&](auto& apps) -> Result<void> {
        const bool is_taken = std::ranges::any_of(apps, [&](const auto& row) {
            return row.first == app.id || row.second.key == app.key;
        });
        if (is_taken) {
            return Error{
                .kind = ErrorKind::kConflict,
                .code = "app_taken",
                .message = "Another application has that id or key."};
        }
        apps.emplace(app.id, app);
        return {};
    });
}

Result<std::vector<HostedApp>> MemoryPusherAppStore::list(int limit) {
    return apps_.with([&](const auto& apps) -> Result<std::vector<HostedApp>> {
        std::vector<HostedApp> found;
        for (const auto& [id, app] : apps) {
            if (found.size() < static_cast<std::size_t>(limit)) {
                found.push_back(app);
            }
        }
        return found;
    });
}

Result<void> MemoryPusherAppStore::set_disabled(const std::string& id, bool is_disabled) {
    return apps_.with([&](auto& apps) -> Result<void> {
        const auto found = apps.find(id);
        if (found == apps.end()) {
            return unknown();
        }
        found->second.is_disabled = is_disabled;
        return {};
    });
}

Result<void> MemoryPusherAppStore::remove(const std::string& id) {
    return apps_.with([&](auto& apps) -> Result<void> {
        return apps.erase(id) == 0 ? Result<void>{unknown()} : Result<void>{};
    });
}

}  // namespace orderpush::test
