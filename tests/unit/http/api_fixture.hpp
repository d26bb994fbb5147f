#pragma once

#include "base/clock.hpp"
#include "base/jwt.hpp"
#include "base/uuid.hpp"
#include "core/channel_authorizer.hpp"
#include "http/api.hpp"
#include "protocol/pusher_signature.hpp"
#include "tests/unit/http/fake_restaurant.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace orderpush::http {

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

/// Nothing if `bytes` is not one whole HTTP/1.1 response with the body its head announces.
std::optional<Reply> parse_reply(const std::string& bytes, bool has_body);

/// Signs with a fixed application, as the built-in adapter does.
class FakeAuthorizer final : public ChannelAuthorizer {
  public:
    std::optional<Channel> channel_of(std::string_view provider_name) const override;
    std::string provider_name(const Channel& channel) const override;
    Result<ChannelGrant> grant(
        std::string_view socket_id, const Channel& channel, const PresenceMember& member
    ) const override;

  private:
    const protocol::PusherApp app_{.id = "1", .key = "key", .secret = "secret"};
};

using HeaderLines = std::vector<std::string>;

/// The real routes over the real services over a FakeRestaurant.
class ApiTest : public testing::Test {
  protected:
    ApiTest();

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

    SystemClock clock_;
    UuidV7Source ids_{clock_};
    FakeRestaurant restaurant_{ids_};
    FakeAuthorizer authorizer_;
    JwtKeyring keyring_{{{"test", std::string(32, 's')}}};
    Result<void> readiness_;

    app::Authenticator authenticator_{restaurant_, restaurant_, keyring_, clock_};
    app::OrderService orders_{
        {.orders = restaurant_,
         .idempotency = restaurant_,
         .menus = restaurant_,
         .signal = restaurant_,
         .ids = ids_,
         .clock = clock_}};
    app::SessionService sessions_{
        {.sessions = restaurant_,
         .orders = restaurant_,
         .signal = restaurant_,
         .ids = ids_,
         .clock = clock_}};
    app::MenuService menus_{restaurant_};
    app::StaffService staff_{
        restaurant_, keyring_, clock_, std::chrono::hours{12}, PasswordCost::kTest};
    app::RealtimeService realtime_{
        {.authorizer = authorizer_,
         .menus = restaurant_,
         .orders = restaurant_,
         .sessions = restaurant_,
         .endpoint = {
             .provider = "builtin",
             .protocol = "pusher",
             .key = "key",
             .host = "push.example.com",
             .port = 443,
             .is_tls = true,
             .auth_url = "https://push.example.com/v1/realtime/pusher/auth"}}};
    Api api_;
};

}  // namespace orderpush::http
