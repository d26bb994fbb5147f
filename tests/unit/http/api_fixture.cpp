#include "tests/unit/http/api_fixture.hpp"

#include "core/access/caller.hpp"
#include "http_server/response_writer.hpp"
#include "protocol/pusher_names.hpp"
#include "protocol/pusher_presence.hpp"
#include "tests/unit/http/api_services.hpp"

#include <algorithm>

namespace orderpush::http {
namespace {

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

/// Nothing if `bytes` is not one whole HTTP/1.1 response with the body its head announces.
std::optional<Reply> parse_reply(const std::string& bytes, bool has_body) {
    const auto head_end = bytes.find("\r\n\r\n");
    if (!bytes.starts_with("HTTP/1.1 ") || head_end == std::string::npos) {
        return std::nullopt;
    }
    Reply reply;
    reply.status = std::stoi(bytes.substr(9, 3));
    std::size_t line = bytes.find("\r\n") + 2;
    while (line < head_end + 2) {
        const auto end = bytes.find("\r\n", line);
        const auto colon = bytes.find(": ", line);
        if (colon == std::string::npos || colon > end) {
            return std::nullopt;
        }
        reply.headers.emplace(
            lower_case(bytes.substr(line, colon - line)), bytes.substr(colon + 2, end - colon - 2)
        );
        line = end + 2;
    }
    reply.body = bytes.substr(head_end + 4);
    const std::string length = reply.header("content-length");
    const bool is_whole =
        !has_body || reply.body.size() == (length.empty() ? 0 : std::stoul(length));
    return is_whole ? std::optional{reply} : std::nullopt;
}

OriginPolicy shop_origins() {
    return *OriginPolicy::parse("https://shop-*-team.vercel.app", "https://push.example.com");
}

}  // namespace

std::string Reply::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
}

std::string Reply::fault(const std::string& field) const {
    const auto document = json();
    for (const auto& error : document.value("errors", nlohmann::json::array())) {
        if (error.at("field") == field) {
            return error.at("message").get<std::string>();
        }
    }
    return {};
}

Reply exchange(Api& api, const ClientRequest& sent) {
    const auto target = protocol::parse_http_target(sent.method, sent.target);
    EXPECT_TRUE(target) << sent.target;
    Request request{
        .method = sent.method,
        .path = target ? target->path : std::string_view{},
        .query = target ? target->query : std::string_view{},
        .headers = {{"Host", "push.example.com"}},
        .body = sent.body,
        .remote_address = sent.peer};
    for (const std::string& line : sent.headers) {
        const std::string_view text{line};
        const auto colon = text.find(':');
        const auto value = text.find_first_not_of(" \t", colon + 1);
        request.headers.emplace_back(
            text.substr(0, colon), text.substr(std::min(value, text.size()))
        );
    }
    const bool is_head = sent.method == "HEAD";
    const std::string bytes =
        http_server::write_response(api.respond(request), {.is_head = is_head});
    const auto reply = parse_reply(bytes, !is_head);
    EXPECT_TRUE(reply) << bytes;
    return reply.value_or(Reply{});
}

std::optional<Channel> FakeAuthorizer::channel_of(std::string_view provider_name) const {
    return protocol::from_pusher_name(provider_name);
}

std::string FakeAuthorizer::provider_name(const Channel& channel) const {
    return protocol::to_pusher_name(channel);
}

Result<ChannelGrant> FakeAuthorizer::grant(
    std::string_view socket_id, const Channel& channel, const ChannelJoiner& joiner
) const {
    if (!protocol::is_socket_id(socket_id)) {
        return Error{
            .kind = ErrorKind::kInvalid,
            .code = "socket_id_invalid",
            .message = "The socket id is malformed."};
    }
    ChannelGrant grant;
    if (channel.kind() == ChannelKind::kPresence) {
        grant.channel_data =
            R"({"user_id":")" + joiner.member.id + R"(","user_info":)" + joiner.member.info + "}";
    }
    grant.auth = protocol::sign_pusher_auth(
        app_,
        protocol::channel_string_to_sign(
            socket_id, provider_name(channel), grant.channel_data.value_or("")
        )
    );
    return grant;
}

Result<UserGrant> FakeAuthorizer::grant_user(
    std::string_view socket_id, const PresenceMember& member
) const {
    return protocol::grant_pusher_user(app_, socket_id, member);
}

ApiTest::ApiTest()
    : services_(std::make_unique<ApiServices>(world_, ids_, keyring_, signal_)),
      api_(dependencies(), {.origins = shop_origins()}) {
    stock_restaurant();
}

ApiTest::~ApiTest() = default;

Services ApiTest::dependencies(IdSource& ids) {
    return {
        .authenticator = services_->authenticator,
        .orders = services_->orders,
        .tickets = services_->tickets,
        .sessions = services_->sessions,
        .menus = services_->menus,
        .kitchen = services_->kitchen,
        .staff = services_->staff,
        .api_keys = services_->api_keys,
        .restaurants = services_->restaurants,
        .branches = services_->branches,
        .audit = services_->audit,
        .tables = services_->tables,
        .payments = services_->payments,
        .realtime = services_->realtime,
        .catch_up = services_->catch_up,
        .presence = services_->presence,
        .deliveries = services_->deliveries,
        .receipts = services_->receipts,
        .timelines = services_->timelines,
        .operations = services_->operations,
        .outgoing_webhooks = services_->outgoing_webhooks,
        .restaurant_webhooks = services_->restaurant_webhooks,
        .webhooks = services_->webhooks,
        .ids = ids,
        .readiness = [this] { return readiness_; }};
}

void ApiTest::stock_restaurant() {
    world_.add_branch(branch_);
    world_.add_table(
        {.id = ids_.make<TableId>(),
         .branch = branch_,
         .area = ids_.make<AreaId>(),
         .area_name = "Terrace",
         .number = "T5"},
        kQrToken
    );
    world_.add_menu_item(soup_);
    world_.add_menu_item(
        {.id = ids_.make<MenuItemId>(),
         .branch = branch_.id,
         .station = {},
         .name = "Bread",
         .price_minor = 200,
         .is_available = false}
    );
    cook_ = {
        .id = ids_.make<StaffId>(),
        .restaurant = branch_.restaurant,
        .branch = branch_.id,
        .name = "Kim",
        .email = kEmail,
        .role = Role::kKitchen,
        .password_hash = hash_password(kPassword, PasswordCost::kTest),
        .station = {}};
    world_.add_staff(cook_, true);
    world_.add_api_key(
        sha256_hex(kApiKey), {.key = ids_.make<ApiKeyId>(), .restaurant = branch_.restaurant}, false
    );
}

Reply ApiTest::send(
    const std::string& method,
    const std::string& target,
    const HeaderLines& headers,
    const std::string& body
) {
    return exchange(api_, {.method = method, .target = target, .headers = headers, .body = body});
}

Reply ApiTest::send_json(
    const std::string& method,
    const std::string& target,
    const std::string& token,
    const nlohmann::json& body
) {
    HeaderLines headers{"Content-Type: application/json"};
    if (!token.empty()) {
        headers.push_back("Authorization: Bearer " + token);
    }
    return send(method, target, headers, body.dump());
}

Reply ApiTest::get(const std::string& target, const std::string& token) {
    return send(
        "GET", target, token.empty() ? HeaderLines{} : HeaderLines{"Authorization: Bearer " + token}
    );
}

std::string ApiTest::guest_token() {
    return send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}}).json().at("token");
}

std::string ApiTest::cook_token() {
    return send_json("POST", "/v1/staff/login", "", {{"email", kEmail}, {"password", kPassword}})
        .json()
        .at("token");
}

nlohmann::json ApiTest::soup_order() const {
    return {{"items", {{{"menuItemId", to_string(soup_.id)}, {"quantity", 2}}}}};
}

std::string ApiTest::placed_order(const std::string& token) {
    return send_json("POST", "/v1/orders", token, soup_order()).json().at("id");
}

}  // namespace orderpush::http
