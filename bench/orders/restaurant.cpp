#include "bench/orders/restaurant.hpp"

#include "bench/orders/http_client.hpp"
#include "bench/orders/order_request.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

namespace orderpush::bench {
namespace {

using nlohmann::json;

/// Two stations, so that the order splits into two tickets.
constexpr std::array kDishes{"Cheeseburger", "Chicken Skewers", "Lemonade"};

json read_json(const std::string& file) {
    std::ifstream stream{file};
    return json::parse(stream);
}

json ask(HttpClient& client, const std::string& path, const json& body) {
    const HttpAnswer answer = client.ask(post_request(path, "", body.dump()));
    if (answer.status != 200 && answer.status != 201) {
        throw std::runtime_error(path + " answered " + std::string{answer.body});
    }
    return json::parse(answer.body);
}

std::vector<std::string> dishes_of(const json& branch) {
    std::vector<std::string> ids;
    for (const auto& item : branch.at("menuItems")) {
        if (std::ranges::find(kDishes, item.at("name").get<std::string>()) != kDishes.end()) {
            ids.push_back(item.at("id"));
        }
    }
    if (ids.size() != kDishes.size()) {
        throw std::runtime_error("the demo's menu has changed");
    }
    return ids;
}

SeatedBranch open_kitchen(HttpClient& client, const json& branch) {
    const auto& staff = branch.at("staff");
    const auto cook =
        std::ranges::find_if(staff, [](const json& each) { return each.at("role") == "KITCHEN"; });
    const json login{{"email", cook->at("email")}, {"password", cook->at("password")}};
    return {
        .id = branch.at("id"), .kitchen_token = ask(client, "/v1/staff/login", login).at("token")};
}

}  // namespace

Restaurant seat_guests(std::uint16_t port, const std::string& demo_file) {
    HttpClient client{port};
    const json demo = read_json(demo_file);
    const auto& branches = demo.at("branches");
    Restaurant restaurant{.app_key = demo.at("pusher").at("key"), .branches = {}, .guests = {}};
    for (const auto& branch : branches) {
        restaurant.branches.push_back(open_kitchen(client, branch));
    }
    const std::size_t table_count = branches.at(0).at("tables").size();
    for (std::size_t table = 0; table < table_count; ++table) {
        for (std::size_t branch = 0; branch < branches.size(); ++branch) {
            const json opening{{"qrToken", branches[branch].at("tables").at(table).at("qrToken")}};
            restaurant.guests.push_back(
                {.token = ask(client, "/v1/sessions", opening).at("token"),
                 .menu_items = dishes_of(branches[branch]),
                 .branch = branch}
            );
        }
    }
    return restaurant;
}

void save(const Restaurant& restaurant, const std::string& file) {
    json document{
        {"appKey", restaurant.app_key},
        {"branches", json::array()},
        {"guests", json::array()},
    };
    for (const SeatedBranch& branch : restaurant.branches) {
        document["branches"].push_back({{"id", branch.id}, {"kitchen", branch.kitchen_token}});
    }
    for (const SeatedGuest& guest : restaurant.guests) {
        document["guests"].push_back(
            {{"token", guest.token}, {"dishes", guest.menu_items}, {"branch", guest.branch}}
        );
    }
    std::ofstream stream{file};
    stream << document;
    if (!stream.flush()) {
        throw std::runtime_error("cannot write " + file);
    }
}

Restaurant load_restaurant(const std::string& file) {
    const json document = read_json(file);
    Restaurant restaurant{.app_key = document.at("appKey"), .branches = {}, .guests = {}};
    for (const auto& branch : document.at("branches")) {
        restaurant.branches.push_back({.id = branch.at("id"), .kitchen_token = branch.at("kitchen")}
        );
    }
    for (const auto& guest : document.at("guests")) {
        restaurant.guests.push_back(
            {.token = guest.at("token"),
             .menu_items = guest.at("dishes"),
             .branch = guest.at("branch")}
        );
    }
    return restaurant;
}

}  // namespace orderpush::bench
