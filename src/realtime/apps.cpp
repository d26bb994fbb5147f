#include "realtime/apps.hpp"

#include "realtime/pusher_protocol.hpp"

#include <utility>

namespace orderpush::realtime {
namespace {

AppPtr make_app(HostedApp settings, std::string key_prefix, const AppPtr& before) {
    if (before && before->settings == settings) {
        return before;
    }
    auto app = std::make_shared<App>();
    app->credentials = {.id = settings.id, .key = settings.key, .secret = settings.secret};
    app->settings = std::move(settings);
    app->key_prefix = std::move(key_prefix);
    app->connections = before ? before->connections : std::make_shared<std::atomic<std::size_t>>(0);
    return app;
}

}  // namespace

AppSeat::AppSeat(AppPtr app) {
    const std::size_t count = ++*app->connections;
    const auto& connections_max = app->settings.connections_max;
    if (connections_max && count > *connections_max) {
        --*app->connections;
        return;
    }
    app_ = std::move(app);
}

AppSeat::~AppSeat() {
    if (app_) {
        --*app_->connections;
    }
}

Apps::Apps(HostedApp default_app) : default_app_(make_app(std::move(default_app), "", nullptr)) {
    set_further({});
}

std::shared_ptr<const Apps::Table> Apps::table() const {
    return table_.with([](const auto& table) { return table; });
}

AppPtr Apps::by_key(std::string_view key) const {
    const auto now = table();
    const auto found = now->by_key.find(key);
    return found == now->by_key.end() ? nullptr : found->second;
}

AppPtr Apps::by_id(std::string_view id) const {
    const auto now = table();
    const auto found = now->by_id.find(id);
    return found == now->by_id.end() ? nullptr : found->second;
}

std::vector<AppPtr> Apps::all() const {
    std::vector<AppPtr> apps{default_app_};
    for (const auto& [id, app] : table()->by_id) {
        if (!app->is_default()) {
            apps.push_back(app);
        }
    }
    return apps;
}

std::size_t Apps::set_further(std::vector<HostedApp> apps) {
    auto next = std::make_shared<Table>();
    next->by_id.emplace(default_app_->credentials.id, default_app_);
    next->by_key.emplace(default_app_->credentials.key, default_app_);
    const auto before = table();
    std::size_t left_out = 0;
    for (HostedApp& settings : apps) {
        if (next->by_id.contains(settings.id) || next->by_key.contains(settings.key)) {
            ++left_out;
            continue;
        }
        AppPtr known;
        if (before) {
            const auto found = before->by_id.find(settings.id);
            known = found == before->by_id.end() ? nullptr : found->second;
        }
        std::string key_prefix = settings.id + '/';
        const AppPtr app = make_app(std::move(settings), std::move(key_prefix), known);
        next->by_id.emplace(app->credentials.id, app);
        next->by_key.emplace(app->credentials.key, app);
    }
    table_.with([&](auto& table) { table = std::move(next); });
    return left_out;
}

std::string hub_key_of(const App& app, std::string_view pusher_name) {
    return app.is_default() ? hub_key_of(pusher_name) : app.key_prefix + std::string{pusher_name};
}

}  // namespace orderpush::realtime
