#include "main/commands/restaurant_commands.hpp"

#include "base/clock.hpp"
#include "main/commands/commands.hpp"
#include "main/settings/derived_settings.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/schema.hpp"
#include "storage/stores.hpp"
#include "usecases/json/set_up_json.hpp"
#include "usecases/restaurant/restaurant_service.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace orderpush {
namespace {

using Json = nlohmann::ordered_json;
using Command = std::function<int(const Settings& settings)>;

/// A running service finds by itself what there is to be sent.
class NoSignal final : public OutboxSignal {
  public:
    void notify() noexcept override {}
};

/// The use cases over the database of the settings.
class ServiceOnDatabase {
  public:
    explicit ServiceOnDatabase(const Settings& settings)
        : pool_({.url = settings.database_url, .is_pooled = settings.is_database_pooled, .size = 1}
          ),
          guard_(stores_.idempotency(), make_secret_box(settings)) {}

    Result<void> check_schema() { return storage::check_schema(pool_); }
    usecases::RestaurantService& operator*() { return service_; }

  private:
    SystemClock clock_;
    UuidV7Source ids_{clock_};
    storage::DbPool pool_;
    storage::Stores stores_{pool_, clock_};
    NoSignal signal_;
    usecases::IdempotencyGuard guard_;
    usecases::RestaurantService service_{
        {.restaurants = stores_.restaurants(),
         .sessions = stores_.sessions(),
         .guard = guard_,
         .signal = signal_,
         .ids = ids_,
         .clock = clock_}};
};

int failed(const Error& error) {
    complain(error);
    const bool is_refused = error.kind == ErrorKind::kConflict ||
                            error.kind == ErrorKind::kInvalid || error.kind == ErrorKind::kNotFound;
    return is_refused ? kExitRefused : kExitFailed;
}

/// The fields of a request, as the options are called that give them.
std::string option_of(const std::string& field) {
    std::string option{"--"};
    for (const char c : field) {
        const bool is_upper = c >= 'A' && c <= 'Z';
        option += is_upper ? std::string{'-', static_cast<char>(c - 'A' + 'a')} : std::string{c};
    }
    return option;
}

int add(const Settings& settings, const usecases::CreateRestaurant& request) {
    ServiceOnDatabase service{settings};
    if (const auto ready = service.check_schema(); !ready) {
        return failed(ready.error());
    }
    auto created = (*service).create(Operator{}, request, std::nullopt);
    if (!created) {
        Error error = std::move(created).error();
        for (FieldError& wrong : error.field_errors) {
            wrong.field = option_of(wrong.field);
        }
        return failed(error);
    }
    fmt::print("{}\n", Json::parse(created->body).dump(2));
    return kExitOk;
}

int list(const Settings& settings) {
    constexpr int kPage = 200;
    ServiceOnDatabase service{settings};
    Json all = Json::array();
    std::optional<RestaurantId> after;
    do {
        const auto page = (*service).list(Operator{}, after, kPage);
        if (!page) {
            return failed(page.error());
        }
        for (const Restaurant& restaurant : page->restaurants) {
            all.push_back(Json::parse(usecases::restaurant_json(restaurant)));
        }
        after = page->next;
    } while (after);
    fmt::print("{}\n", all.dump(2));
    return kExitOk;
}

int set_disabled(const Settings& settings, const RestaurantId& id, bool is_disabled) {
    ServiceOnDatabase service{settings};
    const auto changed =
        (*service).change(Operator{}, id, {.is_disabled = is_disabled}, std::nullopt);
    return changed ? kExitOk : failed(changed.error());
}

/// Nothing if a word is unknown, given twice, lacks its value, or one that has to be there is
/// missing.
std::optional<usecases::CreateRestaurant> parse_request(std::span<const std::string> words) {
    std::optional<std::string> name;
    std::optional<std::string> currency;
    std::optional<std::string> time_zone;
    std::optional<std::string> email;
    std::optional<std::string> admin;
    for (; words.size() >= 2; words = words.subspan(2)) {
        std::optional<std::string>* const value = words[0] == "--name"          ? &name
                                                  : words[0] == "--currency"    ? &currency
                                                  : words[0] == "--time-zone"   ? &time_zone
                                                  : words[0] == "--admin-email" ? &email
                                                  : words[0] == "--admin-name"  ? &admin
                                                                                : nullptr;
        if (value == nullptr || value->has_value()) {
            return std::nullopt;
        }
        *value = words[1];
    }
    if (!words.empty() || !name || !currency || !time_zone || !email) {
        return std::nullopt;
    }
    usecases::CreateRestaurant request{
        .name = *name, .currency = *currency, .time_zone = *time_zone, .admin_email = *email};
    request.admin_name = admin.value_or(request.admin_name);
    return request;
}

}  // namespace

std::function<int(const Settings& settings)> restaurant_command(std::span<const std::string> words
) {
    const std::string name = words.empty() ? "" : words.front();
    if (name == "restaurant-list" && words.size() == 1) {
        return list;
    }
    if (name == "restaurant-add") {
        const auto request = parse_request(words.subspan(1));
        return request ? Command{[request](const Settings& settings) {
            return add(settings, *request);
        }}
                       : Command{};
    }
    const auto id = words.size() == 2 ? parse_id<RestaurantId>(words[1]) : std::nullopt;
    if (id && (name == "restaurant-disable" || name == "restaurant-enable")) {
        return [id, is_disabled = name == "restaurant-disable"](const Settings& settings) {
            return set_disabled(settings, *id, is_disabled);
        };
    }
    return {};
}

}  // namespace orderpush
