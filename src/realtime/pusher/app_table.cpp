#include "realtime/pusher/app_table.hpp"

#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_protocol.hpp"

#include <utility>

namespace orderpush::realtime {
namespace {

PusherAppOptions limits_of(const HostedApp& settings, PusherAppOptions limits) {
    limits.connections_max = settings.connections_max.value_or(0);
    limits.event_data_bytes_max = settings.event_bytes_max;
    limits.has_client_events = settings.has_client_events;
    limits.has_subscription_counts = settings.has_subscription_count;
    limits.subscriptions_max = settings.subscriptions_max.value_or(limits.subscriptions_max);
    limits.messages_per_second_max =
        settings.messages_per_second_max.value_or(limits.messages_per_second_max);
    limits.client_events_per_second_max =
        settings.client_events_per_second_max.value_or(limits.client_events_per_second_max);
    return limits;
}

AppPtr make_app(
    HostedApp settings,
    std::string key_prefix,
    const PusherAppOptions& limits,
    std::shared_ptr<std::atomic<std::size_t>> connections
) {
    auto app = std::make_shared<App>();
    app->credentials = {.id = settings.id, .key = settings.key, .secret = settings.secret};
    app->limits = limits;
    app->settings = std::move(settings);
    app->key_prefix = std::move(key_prefix);
    app->connections = std::move(connections);
    return app;
}

}  // namespace

AppSlot::AppSlot(AppPtr app) {
    const std::size_t count = ++*app->connections;
    const std::size_t connections_max = app->limits.connections_max;
    if (connections_max > 0 && count > connections_max) {
        --*app->connections;
        return;
    }
    app_ = std::move(app);
}

AppSlot::~AppSlot() {
    if (app_) {
        --*app_->connections;
    }
}

AppTable::AppTable(HostedApp default_app, const PusherAppOptions& limits)
    : limits_(limits),
      default_app_(make_app(
          std::move(default_app), "", limits, std::make_shared<std::atomic<std::size_t>>(0)
      )) {
    set_further({});
}

std::shared_ptr<const AppTable::Table> AppTable::table() const {
    return table_.with([](const auto& table) { return table; });
}

AppPtr AppTable::by_key(std::string_view key) const {
    const auto now = table();
    const auto found = now->by_key.find(key);
    return found == now->by_key.end() ? nullptr : found->second;
}

AppPtr AppTable::by_id(std::string_view id) const {
    const auto now = table();
    const auto found = now->by_id.find(id);
    return found == now->by_id.end() ? nullptr : found->second;
}

AppPtr AppTable::of_key(std::string_view hub_key) const {
    std::string_view id = app_prefix_of(hub_key);
    if (id.empty()) {
        return default_app_;
    }
    id.remove_suffix(1);
    return by_id(id);
}

std::vector<AppPtr> AppTable::all() const {
    std::vector<AppPtr> apps{default_app_};
    for (const auto& [id, app] : table()->by_id) {
        if (!app->is_default()) {
            apps.push_back(app);
        }
    }
    return apps;
}

std::size_t AppTable::set_further(std::vector<HostedApp> apps) {
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
        const auto known = before->by_id.find(settings.id);
        const bool is_known = known != before->by_id.end();
        AppPtr app;
        if (is_known && known->second->settings == settings) {
            app = known->second;
        } else {
            std::string key_prefix = settings.id + '/';
            const PusherAppOptions limits = limits_of(settings, limits_);
            app = make_app(
                std::move(settings),
                std::move(key_prefix),
                limits,
                is_known ? known->second->connections
                         : std::make_shared<std::atomic<std::size_t>>(0)
            );
        }
        next->by_id.emplace(app->credentials.id, app);
        next->by_key.emplace(app->credentials.key, app);
    }
    table_.with([&](auto& table) { table = std::move(next); });
    return left_out;
}

std::string hub_key_of(const App& app, std::string_view pusher_name) {
    return app.is_default() ? hub_key_of(pusher_name) : app.key_prefix + std::string{pusher_name};
}

bool is_reserved(const App& app, std::string_view pusher_name) {
    return app.is_default() && hub_key_of(pusher_name) != pusher_name;
}

}  // namespace orderpush::realtime
