#include "usecases/access/authenticator.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "core/error_codes.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>

namespace orderpush::usecases {
namespace {

using Json = nlohmann::ordered_json;

/// So long after the end of a session its guests can still read what they had, such as the bill.
constexpr std::chrono::hours kDepartedFor{24};

Error unauthenticated() {
    return {
        .kind = ErrorKind::kUnauthenticated,
        .code = "token_invalid",
        .message = "The credential is not valid."};
}

/// An unknown credential is a failed log-in, not a missing page.
template <class Found>
Result<Caller> caller_or_unauthenticated(Result<Found> found) {
    if (found) {
        return Caller{std::move(*found)};
    }
    if (found.error().kind == ErrorKind::kNotFound) {
        return unauthenticated();
    }
    return std::move(found).error();
}

std::int64_t seconds_of(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string text_at(const Json& claims, const char* name) {
    const auto claim = claims.find(name);
    return claim != claims.end() && claim->is_string() ? claim->get<std::string>() : std::string{};
}

/// A NumericDate (RFC 7519, section 2); nothing if it is not there, or none of this era.
std::optional<Timestamp> time_at(const Json& claims, const char* name) {
    constexpr std::int64_t kEraEnd_s = 253'402'300'799;  // 9999-12-31T23:59:59Z
    const auto claim = claims.find(name);
    if (claim == claims.end() || !claim->is_number_integer()) {
        return std::nullopt;
    }
    const auto count = claim->get<std::int64_t>();
    const bool is_time = count >= 0 && count <= kEraEnd_s;
    return is_time ? std::optional{Timestamp{std::chrono::seconds{count}}} : std::nullopt;
}

bool flag_at(const Json& claims, const char* name) {
    const auto claim = claims.find(name);
    return claim != claims.end() && claim->is_boolean() && claim->get<bool>();
}

int version_at(const Json& claims, const char* name) {
    const auto claim = claims.find(name);
    const bool is_there = claim != claims.end() && claim->is_number_integer();
    const auto version = is_there ? claim->get<std::int64_t>() : 0;
    return version > 0 && version <= std::numeric_limits<int>::max() ? static_cast<int>(version)
                                                                     : 0;
}

}  // namespace

Authenticator::Authenticator(
    SessionStore& sessions,
    StaffStore& staff,
    const EndedLogins& ended_logins,
    const JwtKeyring& keyring,
    const Clock& clock
)
    : sessions_(sessions),
      staff_(staff),
      ended_logins_(ended_logins),
      keyring_(keyring),
      clock_(clock) {}

Result<Caller> Authenticator::authenticate(const std::string& credential) {
    // Only hashes are stored, and they are looked up, not compared: no time shows how much of a
    // guessed credential was right.
    if (credential.starts_with(kSessionTokenPrefix)) {
        return caller_or_unauthenticated(sessions_.find_guest_by_token_hash(sha256_hex(credential))
        );
    }
    if (credential.starts_with(kApiKeyPrefix)) {
        return caller_or_unauthenticated(staff_.find_api_client_by_hash(sha256_hex(credential)));
    }
    return caller_or_unauthenticated(authenticate_staff(credential));
}

Result<Caller> Authenticator::authenticate_departed_too(const std::string& credential) {
    auto caller = authenticate(credential);
    if (caller || caller.error().code != "session_closed") {
        return caller;
    }
    auto departed = sessions_.find_departed_guest(sha256_hex(credential));
    if (departed && clock_.now() - departed->closed_at > kDepartedFor) {
        return caller;
    }
    return departed ? Result<Caller>{std::move(departed->guest)}
                    : caller_or_unauthenticated(Result<Guest>{std::move(departed).error()});
}

Result<Caller> Authenticator::authenticate_for_password(const std::string& credential) {
    auto caller = authenticate(credential);
    if (caller || caller.error().code != "password_change_required") {
        return caller;
    }
    return caller_or_unauthenticated(read_staff(credential));
}

Result<StaffMember> Authenticator::authenticate_staff(const std::string& token) const {
    auto staff = ORDERPUSH_TRY(read_staff(token));
    if (staff.must_change_password) {
        return make_error("password_change_required");
    }
    return staff;
}

Result<StaffMember> Authenticator::read_staff(const std::string& token) const {
    auto verified = ORDERPUSH_TRY(keyring_.verify(token, clock_.now()));
    const Json claims = Json::parse(verified, nullptr, false);
    if (!claims.is_object()) {
        return unauthenticated();
    }
    const auto id = parse_id<StaffId>(text_at(claims, "sub"));
    const auto restaurant = parse_id<RestaurantId>(text_at(claims, "restaurantId"));
    const auto branch = parse_id<BranchId>(text_at(claims, "branchId"));
    const auto role = parse_role(text_at(claims, "role"));
    if (!id || !restaurant || !branch || !role) {
        return unauthenticated();
    }
    StaffMember staff{
        .id = *id,
        .restaurant = *restaurant,
        .branch = *branch,
        .role = *role,
        .name = text_at(claims, "name"),
        .station = parse_id<StationId>(text_at(claims, "stationId")),
        .logged_in_at = time_at(claims, "auth_time"),
        .token_version = version_at(claims, "ver"),
        .must_change_password = flag_at(claims, "mustChangePassword")};
    if (ended_logins_.is_ended(staff)) {
        return make_error("login_ended");
    }
    return staff;
}

std::string staff_claims(const StaffMember& staff, Timestamp expires_at) {
    Json claims{
        {"sub", to_string(staff.id)},
        {"restaurantId", to_string(staff.restaurant)},
        {"branchId", to_string(staff.branch)},
        {"role", to_string(staff.role)},
        {"name", staff.name},
    };
    if (staff.station) {
        claims["stationId"] = to_string(*staff.station);
    }
    if (staff.logged_in_at) {
        claims["auth_time"] = seconds_of(*staff.logged_in_at);
    }
    claims["ver"] = staff.token_version;
    if (staff.must_change_password) {
        claims["mustChangePassword"] = true;
    }
    claims["exp"] = seconds_of(expires_at);
    return claims.dump();
}

}  // namespace orderpush::usecases
