// Every route with every kind of caller: whom it lets in is what the policy table says.

#include "base/clock.hpp"
#include "core/access/caller.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/orders/order_changes.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"
#include "http/routes.hpp"
#include "tests/integration/http/authorization_rows.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/api_services.hpp"
#include "usecases/access/authenticator.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <utility>

namespace orderpush::http {
namespace {

using Json = nlohmann::json;
using test::StockedBranch;
using test::StockedRestaurant;

/// Somebody at the door.
struct Visitor {
    std::string name;
    /// The header line; empty: none.
    std::string credential = {};
    /// None: proves nobody.
    std::optional<Caller> caller = {};
    bool is_departed = false;
};

struct Seat {
    SessionId session;
    std::string token;
    Guest guest;
};

enum class Verdict { kLetIn, kFaulty, kUnauthenticated, kForbidden, kNotFound };

bool is_verdict(int status, Verdict verdict) {
    constexpr std::array kStatuses{200, 422, 401, 403, 404};
    const int wanted = kStatuses[static_cast<std::size_t>(verdict)];
    return verdict == Verdict::kLetIn ? status / 100 == 2 : status == wanted;
}

Verdict verdict_of(const Result<void>& allowed) {
    if (allowed) {
        return Verdict::kLetIn;
    }
    return allowed.error().kind == ErrorKind::kNotFound ? Verdict::kNotFound : Verdict::kForbidden;
}

std::string bearer(const std::string& token) {
    return "Authorization: Bearer " + token;
}

StaffMember member_of(const Staff& staff) {
    return {
        .id = staff.id,
        .restaurant = staff.restaurant,
        .branch = staff.branch,
        .role = staff.role,
        .name = staff.name,
        .station = staff.station};
}

const Route* route_of(const AuthorizationRow& row, const std::vector<Route>& routes) {
    const auto found = std::ranges::find_if(routes, [&](const Route& route) {
        return route.method == row.method && route.pattern == row.pattern;
    });
    return found == routes.end() ? nullptr : &*found;
}

/// The pattern with `subject` and the order's first line in its places.
std::string target_of(const AuthorizationRow& row, const Scene& scene) {
    std::string target{row.pattern};
    const std::string subject = row.subject == nullptr ? "" : row.subject(scene);
    const auto first = target.find('{');
    if (first == std::string::npos) {
        return target + subject;
    }
    target.replace(first, target.find('}') - first + 1, subject);
    constexpr std::string_view kItem = "{itemId}";
    if (const auto second = target.find(kItem); second != std::string::npos) {
        target.replace(
            second, kItem.size(), scene.order.at("items").at(0).at("itemId").get<std::string>()
        );
    }
    return target;
}

class AuthorizationTest : public ApiTest, public testing::WithParamInterface<AuthorizationRow> {
  protected:
    AuthorizationTest() {
        seat_guests();
        other_guests_ = sit_down(here(), 1);
        far_guests_ = sit_down(theirs_.branches[0], 0);
        former_guests_ = sit_down(here(), 2);
        world_.close_session(former_guests_.session, world_.clock.now());
    }

    const StockedBranch& here() const { return ours_.branches[0]; }

    Seat sit_down(const StockedBranch& at, std::size_t table) {
        const auto opened =
            services_->sessions.open({.qr_token = at.qr_tokens[table], .device_id = "phone"});
        if (!opened) {
            throw std::runtime_error("no session: " + opened.error().code);
        }
        const SessionId session = opened->session.id;
        return {
            .session = session,
            .token = opened->token,
            .guest = {
                .session = session,
                .table = at.tables[table].id,
                .branch = at.branch.id,
                .restaurant = at.branch.restaurant,
                .device_id = "phone",
                .name = {}}};
    }
    void seat_guests() { guests_ = sit_down(here(), 0); }

    std::string staff_credential(const Staff& staff, std::chrono::hours lifetime) const {
        const auto expires_at = world_.clock.now() + lifetime;
        return bearer(keyring_.sign(usecases::staff_claims(member_of(staff), expires_at)));
    }

    /// As they stand at the door now.
    std::vector<Visitor> visitors() const {
        constexpr std::chrono::hours kHour{1};
        const Staff& cook = here().person(Role::kKitchen);
        const auto guest = [](const char* name, const Seat& seat) {
            return Visitor{name, bearer(seat.token), seat.guest};
        };
        std::vector<Visitor> all{
            {"nobody"},
            {"a bad token", bearer("nonsense")},
            {"an expired token", staff_credential(cook, -kHour)},
            guest("guest", guests_),
            guest("guest of another session", other_guests_),
            guest("guest of another restaurant", far_guests_),
            {"guest of a closed session", bearer(former_guests_.token), {}, true},
            {"API key", "X-API-Key: " + ours_.api_key, ours_.client},
            {"API key of another restaurant", "X-API-Key: " + theirs_.api_key, theirs_.client},
            {"revoked API key", "X-API-Key: " + ours_.revoked_api_key},
            {"operator's token, which is not set", bearer("operator")},
        };
        const auto add_staff = [&](const Staff& staff, const std::string& where) {
            all.push_back(
                {std::string{to_string(staff.role)} + where,
                 staff_credential(staff, kHour),
                 member_of(staff)}
            );
        };
        for (const Staff& staff : here().staff) {
            add_staff(staff, " of the branch");
        }
        for (const Staff& staff : ours_.branches[1].staff) {
            add_staff(staff, " of another branch");
        }
        add_staff(theirs_.branches[0].person(Role::kAdmin), " of another restaurant");
        return all;
    }

    /// What the visitors before ordered: guests may have so many orders and no more.
    void cancel_orders() {
        const Timestamp now = world_.clock.now();
        const std::vector<OrderOutline> outlines = world_.orders().outline(guests_.session).value();
        for (const OrderOutline& outline : outlines) {
            const Order before = world_.orders().find(outline.id).value();
            Order after = cancel_unserved(before, now).value();
            if (after != before) {
                after = stamped(before, std::move(after), now);
                EXPECT_TRUE(world_.orders().change({.before = before, .after = after, .events = {}})
                );
            }
        }
    }

    /// New for each visitor: the one before may have changed things, or closed the session.
    Scene new_scene() {
        seat_guests();
        cancel_orders();
        const Json ordered =
            send_json(
                "POST",
                "/v1/orders",
                guests_.token,
                {{"items", {{{"menuItemId", to_string(here().dish.id)}, {"quantity", 1}}}}}
            ).json();
        return {
            .here = here(),
            .session = to_string(guests_.session),
            .order = ordered,
            .serial = ++serial_,
            .admin =
                [this](const auto& method, const auto& target, const Json& body) {
                    const Staff& admin = here().person(Role::kAdmin);
                    const Reply reply = ask(
                        {"", staff_credential(admin, std::chrono::hours{1})}, method, target, &body
                    );
                    EXPECT_LT(reply.status, 300) << method << ' ' << target << ' ' << reply.body;
                    return reply.json();
                },
            .refuse_delivery = [this] { return refuse_delivery(); },
            .send_webhook = [this] { return send_webhook(); }};
    }

    std::pair<std::string, std::string> send_webhook() {
        const Timestamp now = world_.clock.now();
        const NewRestaurantWebhook put{
            .id = ids_.make<WebhookEndpointId>(),
            .restaurant = here().branch.restaurant,
            .url = "https://shop.example/hooks",
            .sealed_secret = "sealed",
            .at = now};
        const WebhookEndpoint endpoint = world_.restaurant_webhooks().put(put).value();
        const NewWebhook webhook{
            .id = ids_.make<OutgoingWebhookId>(),
            .endpoint = endpoint.id,
            .body = "{}",
            .event_count = 1,
            .at = now,
            .expires_at = now + std::chrono::hours{24}};
        EXPECT_TRUE(
            world_.webhooks().advance(endpoint.id, endpoint.position, endpoint.position, webhook)
        );
        return {to_string(webhook.id), to_string(endpoint.id)};
    }

    std::string refuse_delivery() {
        EXPECT_TRUE(world_.streams().set({"failover"}, world_.clock.now()));
        const Channel kitchen = Channel::kitchen(here().branch.id);
        const auto claimed = world_.outbox().claim("failover", 1'000, world_.clock.now()).value();
        const auto found = std::ranges::find(claimed, kitchen, &OutboxEntry::channel);
        if (found == claimed.end()) {
            throw std::runtime_error("the kitchen has no new entry");
        }
        const std::vector<Settlement> refused{
            {.channel = kitchen, .seq = found->seq, .state = Settlement::State::kDead}};
        EXPECT_TRUE(world_.outbox().settle("failover", refused, world_.clock.now()));
        return to_string(DeliveryKey{.stream = "failover", .channel = kitchen, .seq = found->seq});
    }

    Reply ask(
        const Visitor& visitor,
        const std::string& method,
        const std::string& target,
        const Json* body
    ) {
        HeaderLines headers;
        if (!visitor.credential.empty()) {
            headers.push_back(visitor.credential);
        }
        if (body != nullptr) {
            headers.emplace_back("Content-Type: application/json");
        }
        return send(method, target, headers, body == nullptr ? "" : body->dump());
    }

    /// By the policy table, and the few quirks that the rows name.
    Verdict expected(const AuthorizationRow& row, Access access, const Visitor& visitor) const {
        const bool is_public =
            access == Access::kAnyone ||
            (access == Access::kOptionalCaller && !row.action && visitor.credential.empty());
        if (row.quirk == Quirk::kSignedOnly) {
            return Verdict::kUnauthenticated;
        }
        if (is_public) {
            return row.quirk == Quirk::kNoPages ? Verdict::kNotFound : Verdict::kLetIn;
        }
        if (access == Access::kOperator) {
            return visitor.caller ? Verdict::kForbidden : Verdict::kUnauthenticated;
        }
        if (!visitor.caller) {
            // The former guests sat at another table; SDKs are told that it is over.
            const bool is_known = visitor.is_departed && (row.quirk == Quirk::kAllowClosedSession ||
                                                          access == Access::kSubscriber);
            return is_known ? Verdict::kForbidden : Verdict::kUnauthenticated;
        }
        if (const auto* guest = std::get_if<Guest>(&*visitor.caller)) {
            if (const auto verdict = expected_of_guest(row, *guest)) {
                return *verdict;
            }
        }
        if (row.quirk == Quirk::kNoAbly) {
            return Verdict::kNotFound;
        }
        if (row.quirk == Quirk::kStaffOnly &&
            !std::holds_alternative<StaffMember>(*visitor.caller)) {
            return Verdict::kForbidden;
        }
        if (row.quirk == Quirk::kPeopleOnly && std::holds_alternative<ApiClient>(*visitor.caller)) {
            return Verdict::kForbidden;
        }
        if (row.quirk == Quirk::kPasswordOfStaff) {
            return std::holds_alternative<StaffMember>(*visitor.caller) ? Verdict::kFaulty
                                                                        : Verdict::kForbidden;
        }
        if (!row.action) {
            return Verdict::kLetIn;
        }
        return with_quirk(
            row.quirk,
            *visitor.caller,
            verdict_of(authorize(*visitor.caller, *row.action, scope_of(row.of, *visitor.caller)))
        );
    }

    Scope scope_of(Of of, const Caller& caller) const {
        if (of == Of::kCaller) {
            return own_scope(caller);
        }
        Scope scope{.restaurant = here().branch.restaurant, .branch = here().branch.id};
        if (of == Of::kSession) {
            scope.session = guests_.session;
        }
        return scope;
    }

    Verdict with_quirk(Quirk quirk, const Caller& caller, Verdict verdict) const {
        const bool is_ours = restaurant_of(caller) == here().branch.restaurant;
        if (quirk == Quirk::kOneRefusal && verdict == Verdict::kNotFound) {
            return Verdict::kForbidden;
        }
        if (quirk == Quirk::kOursOnly && verdict == Verdict::kLetIn && !is_ours) {
            return Verdict::kNotFound;
        }
        if (quirk == Quirk::kOwnBranchOnly && verdict == Verdict::kLetIn) {
            const auto* staff = std::get_if<StaffMember>(&caller);
            const bool is_elsewhere = staff != nullptr && staff->role != Role::kAdmin &&
                                      staff->branch != here().branch.id;
            return is_ours && !is_elsewhere ? Verdict::kLetIn : Verdict::kNotFound;
        }
        if (quirk == Quirk::kKeysToo && std::holds_alternative<ApiClient>(caller) && is_ours) {
            return Verdict::kLetIn;
        }
        return verdict;
    }

    std::optional<Verdict> expected_of_guest(const AuthorizationRow& row, const Guest& guest)
        const {
        if (row.quirk == Quirk::kGuestsSeeTheirOwn) {
            return guest.branch == here().branch.id ? Verdict::kLetIn : Verdict::kForbidden;
        }
        if (row.quirk == Quirk::kGuestsAtTheirTable) {
            return guest.table == here().tables[0].id ? Verdict::kLetIn : Verdict::kFaulty;
        }
        return std::nullopt;
    }

    const StockedRestaurant ours_ = test::stock_restaurant(world_, ids_, "ours");
    const StockedRestaurant theirs_ = test::stock_restaurant(world_, ids_, "theirs");
    Seat guests_;
    Seat other_guests_;
    Seat far_guests_;
    Seat former_guests_;
    int serial_ = 0;
};

TEST_P(AuthorizationTest, LetsInWhomThePolicyDoes) {
    const AuthorizationRow& row = GetParam();
    const auto routes = all_routes();
    const Route* route = route_of(row, routes);
    ASSERT_NE(route, nullptr) << "there is no such route";
    for (std::size_t i = 0; i < visitors().size(); ++i) {
        const Scene scene = new_scene();
        const Visitor visitor = visitors()[i];
        const std::string target = target_of(row, scene);
        const Json body = row.body == nullptr ? Json{} : row.body(scene);
        const Verdict verdict = expected(row, route->access, visitor);
        const Reply reply =
            ask(visitor, std::string{row.method}, target, row.body == nullptr ? nullptr : &body);
        EXPECT_TRUE(is_verdict(reply.status, verdict))
            << visitor.name << " got " << reply.status << ": " << reply.body;
    }
}

/// "POST_v1_orders_id_items", and a number, since one route can have several rows.
std::string name_of(const testing::TestParamInfo<AuthorizationRow>& info) {
    std::string name{info.param.method};
    for (const char c : info.param.pattern) {
        const bool is_word = std::isalnum(static_cast<unsigned char>(c)) != 0;
        name += is_word ? std::string{c} : c == '/' ? "_" : "";
    }
    return name + '_' + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Rows, AuthorizationTest, testing::ValuesIn(authorization_rows()), name_of);

TEST(AuthorizationRowsTest, EveryRouteHasARow) {
    const auto rows = authorization_rows();
    for (const Route& route : all_routes()) {
        const bool has_row = std::ranges::any_of(rows, [&](const AuthorizationRow& row) {
            return row.method == route.method && row.pattern == route.pattern;
        });
        EXPECT_TRUE(has_row) << route.method << ' ' << route.pattern;
    }
}

}  // namespace
}  // namespace orderpush::http
