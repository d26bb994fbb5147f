#pragma once

#include "core/access/policy.hpp"
#include "tests/support/stocked_restaurant.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::http {

/// What there is when somebody knocks: guests at the branch's first table, who have ordered.
struct Scene {
    using Json = nlohmann::json;

    const test::StockedBranch& here;
    std::string session;
    /// The order's document.
    Json order;
    /// Another one in each scene of a test.
    int serial = 0;
    /// Has the restaurant's ADMIN do something; the document that came back.
    std::function<Json(const std::string& method, const std::string& target, const Json& body)>
        admin;
    /// Has an entry of the branch's kitchen refused for good; the delivery's id.
    std::function<std::string()> refuse_delivery;
    /// Has a webhook of the restaurant's own made; its id, and its endpoint's.
    std::function<std::pair<std::string, std::string>()> send_webhook;
};

/// What the thing belongs to, for the policy.
enum class Of {
    kSession,
    kBranch,
    /// The caller's own restaurant, whichever that is.
    kCaller,
};

enum class Quirk {
    kNone,
    /// Guests get what is theirs in their own branch, and are refused others.
    kGuestsSeeTheirOwn,
    /// Guests are taken at their own table; the code of another is a fault of the request.
    kGuestsAtTheirTable,
    /// What is unknown is forbidden too: the SDKs know one refusal.
    kOneRefusal,
    /// Public, but unit tests have no pages, and no token for metrics.
    kNoPages,
    /// Who may ask in another restaurant finds nothing.
    kOursOnly,
    /// API keys of the restaurant may as well.
    kKeysToo,
    /// API keys are nobody.
    kPeopleOnly,
    /// Neither API keys nor guests.
    kStaffOnly,
    /// Neither API keys nor guests; whoever it is does not know their password.
    kPasswordOfStaff,
    /// For any caller, but unit tests have no Ably.
    kNoAbly,
    /// Nobody's credential: the body is signed.
    kSignedOnly,
    /// Who may ask finds nothing of another branch or restaurant.
    kOwnBranchOnly,
    /// A guest's token outlives the session.
    kAllowClosedSession,
};

/// How to ask one route for something, and the action that doing so is.
struct AuthorizationRow {
    std::string_view method;
    std::string_view pattern;
    /// None: any caller may.
    std::optional<Action> action = {};
    Of of = Of::kSession;
    /// Fills the pattern's first {…}; behind a pattern without one it is the query. Arranges what
    /// the request needs.
    std::string (*subject)(const Scene& scene) = nullptr;
    nlohmann::json (*body)(const Scene& scene) = nullptr;
    Quirk quirk = Quirk::kNone;
};

/// "POST /v1/orders"
std::ostream& operator<<(std::ostream& out, const AuthorizationRow& row);

/// At least one row per route: a test says so.
std::vector<AuthorizationRow> authorization_rows();

}  // namespace orderpush::http
