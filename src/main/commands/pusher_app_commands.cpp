#include "main/commands/pusher_app_commands.hpp"

#include "base/clock.hpp"
#include "main/commands/commands.hpp"
#include "main/settings/derived_settings.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/schema.hpp"
#include "storage/store_factories.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <utility>

namespace orderpush {
namespace {

using Json = nlohmann::ordered_json;

/// The registry over the database of the settings.
class RegistryOnDatabase {
  public:
    explicit RegistryOnDatabase(const Settings& settings)
        : pool_({.url = settings.database_url, .size = 1}),
          registry_(*store_, make_secret_box(settings), default_hosted_app(settings), clock_) {}

    Result<void> check_schema() { return storage::check_schema(pool_); }
    usecases::PusherAppRegistry& operator*() { return registry_; }

  private:
    SystemClock clock_;
    storage::DbPool pool_;
    const std::unique_ptr<PusherAppStore> store_ = storage::make_pusher_app_store(pool_);
    usecases::PusherAppRegistry registry_;
};

int failed(const Error& error) {
    complain(error);
    const bool is_refused = error.kind == ErrorKind::kConflict ||
                            error.kind == ErrorKind::kInvalid || error.kind == ErrorKind::kNotFound;
    return is_refused ? kExitRefused : kExitFailed;
}

template <class Number>
Json json_of(const std::optional<Number>& number) {
    return number ? Json(*number) : Json(nullptr);
}

Json json_of(const HostedApp& app) {
    Json json{{"id", app.id}, {"key", app.key}};
    json["connections"] = json_of(app.connections_max);
    json["eventBytes"] = app.event_bytes_max;
    json["clientEvents"] = app.has_client_events;
    json["subscriptionCount"] = app.has_subscription_count;
    json["webhooks"] = app.webhook_urls;
    json["subscriptions"] = json_of(app.subscriptions_max);
    json["messagesPerSecond"] = json_of(app.messages_per_second_max);
    json["clientEventsPerSecond"] = json_of(app.client_events_per_second_max);
    json["disabled"] = app.is_disabled;
    return json;
}

/// False if it is none, or does not fit.
template <class Number>
bool read_number(const std::string& word, Number& into) {
    const char* end = word.data() + word.size();
    const auto [rest, error] = std::from_chars(word.data(), end, into);
    return error == std::errc{} && rest == end;
}

/// False if the option is unknown or the value does not fit.
bool set_option(usecases::AppDraft& draft, const std::string& name, const std::string& value) {
    if (name == "--id") {
        draft.id = value;
    } else if (name == "--key") {
        draft.key = value;
    } else if (name == "--secret") {
        draft.secret = value;
    } else if (name == "--webhook") {
        draft.webhook_urls.push_back(value);
    } else if (name == "--event-bytes") {
        return read_number(value, draft.event_bytes_max);
    } else if (name == "--connections") {
        return read_number(value, draft.connections_max.emplace());
    } else if (name == "--subscriptions") {
        return read_number(value, draft.subscriptions_max.emplace());
    } else if (name == "--messages-per-second") {
        return read_number(value, draft.messages_per_second_max.emplace());
    } else if (name == "--client-events-per-second") {
        return read_number(value, draft.client_events_per_second_max.emplace());
    } else {
        return false;
    }
    return true;
}

}  // namespace

std::optional<usecases::AppDraft> parse_app_draft(std::span<const std::string> words) {
    usecases::AppDraft draft;
    while (!words.empty()) {
        const std::string& name = words.front();
        words = words.subspan(1);
        if (name == "--client-events") {
            draft.has_client_events = true;
        } else if (name == "--subscription-count") {
            draft.has_subscription_count = true;
        } else if (!words.empty() && set_option(draft, name, words.front())) {
            words = words.subspan(1);
        } else {
            return std::nullopt;
        }
    }
    return draft;
}

int run_app_add(const Settings& settings, const usecases::AppDraft& draft) {
    RegistryOnDatabase registry{settings};
    if (const auto current = registry.check_schema(); !current) {
        return failed(current.error());
    }
    const auto app = (*registry).add(draft);
    if (!app) {
        return failed(app.error());
    }
    Json json = json_of(*app);
    json["secret"] = app->secret;
    fmt::print("{}\n", json.dump(2));
    return kExitOk;
}

int run_app_list(const Settings& settings) {
    RegistryOnDatabase registry{settings};
    const auto listed = (*registry).list();
    if (!listed) {
        return failed(listed.error());
    }
    Json all = Json::array();
    all.push_back(json_of(default_hosted_app(settings)));
    for (const HostedApp& app : listed->apps) {
        all.push_back(json_of(app));
    }
    fmt::print("{}\n", all.dump(2));
    for (const std::string& id : listed->unreadable) {
        complain(
            "app " + id + ": its secret was sealed under a JWT_SECRET that is not set any more"
        );
    }
    return listed->unreadable.empty() ? kExitOk : kExitFailed;
}

int run_app_disable(const Settings& settings, const std::string& id, bool is_disabled) {
    RegistryOnDatabase registry{settings};
    const auto changed = (*registry).set_disabled(id, is_disabled);
    return changed ? kExitOk : failed(changed.error());
}

int run_app_remove(const Settings& settings, const std::string& id) {
    RegistryOnDatabase registry{settings};
    const auto removed = (*registry).remove(id);
    return removed ? kExitOk : failed(removed.error());
}

}  // namespace orderpush
