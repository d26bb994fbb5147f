#pragma once

#include "base/crypto/jwt.hpp"
#include "base/result.hpp"
#include "core/restaurant/restaurant.hpp"
#include "http/api.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/sequential_ids.hpp"
#include "tests/support/store_world.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orderpush::http {

struct ApiServices;

inline constexpr const char* kQrToken = "qr-terrace-t5";
inline constexpr const char* kEmail = "kim@example.com";
inline constexpr const char* kPassword = "correct horse";
inline constexpr const char* kApiKey = "opak_front_end";

/// A response, taken apart by the test's own few lines rather than by the code under test.
struct Reply {
    int status = 0;
    /// Names in lower case.
    std::multimap<std::string, std::string> headers;
    std::string body;

    std::string header(const std::string& name) const;
    nlohmann::json json() const { return nlohmann::json::parse(body); }
    std::string code() const { return json().at("code").get<std::string>(); }
    /// The message for a field, empty if it has none.
    std::string fault(const std::string& field) const;
};

using HeaderLines = std::vector<std::string>;

/// What a client sends.
struct ClientRequest {
    std::string method = "GET";
    std::string target;
    HeaderLines headers = {};
    std::string body = {};
    std::string peer = "203.0.113.7";
};

/// What the client gets for it: `api` is asked as the server asks it, and its response is written
/// as the server writes it.
Reply exchange(Api& api, const ClientRequest& sent);

/// The stores below an ApiTest: each executable says which.
std::unique_ptr<test::StoreWorld> make_api_world();

/// The real routes over the real services over the stores of make_api_world(), which hold one
/// branch with one table, a cook and a small menu.
class ApiTest : public testing::Test {
  protected:
    ApiTest();
    ~ApiTest() override;

    /// What api_ works with, for a further Api.
    Services dependencies() { return dependencies(ids_); }
    Services dependencies(IdSource& ids);
    void stock_restaurant();

    Reply send(
        const std::string& method,
        const std::string& target,
        const HeaderLines& headers = {},
        const std::string& body = {}
    );
    Reply send_json(
        const std::string& method,
        const std::string& target,
        const std::string& token,
        const nlohmann::json& body
    );
    Reply get(const std::string& target, const std::string& token = {});

    /// The token of a guest who just sat down.
    std::string guest_token();
    std::string cook_token();
    nlohmann::json soup_order() const;
    /// The id of an order just placed.
    std::string placed_order(const std::string& token);

    test::SequentialIds ids_;
    Branch branch_{
        .id = ids_.make<BranchId>(),
        .restaurant = ids_.make<RestaurantId>(),
        .name = "Harbor",
        .currency = "EUR",
        .tax_rate_bp = 1000};
    MenuItem soup_{
        .id = ids_.make<MenuItemId>(),
        .branch = branch_.id,
        .station = ids_.make<StationId>(),
        .name = "Soup",
        .price_minor = 500};
    Staff cook_;
    const std::unique_ptr<test::StoreWorld> owned_world_ = make_api_world();
    test::StoreWorld& world_ = *owned_world_;
    JwtKeyring keyring_{{{"test", std::string(32, 's')}}};
    test::CountingSignal signal_;
    Result<void> readiness_;
    const std::unique_ptr<ApiServices> services_;
    Api api_;
};

}  // namespace orderpush::http
