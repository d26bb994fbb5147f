#include "usecases/access/staff_service.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "core/access/client_address.hpp"
#include "core/access/policy.hpp"
#include "core/error_codes.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/branch_access.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/validation.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace orderpush::usecases {
namespace {

constexpr std::chrono::seconds kHashingWait{2};
constexpr TextLength kNameLength{.least = 1, .most = 100};
constexpr TextLength kEmailLength{.least = 3, .most = 254};
constexpr TextLength kPasswordLength{.least = 8, .most = 128};

/// One of the semaphore's places for the time of its life, if one gets free in time.
class Place {
  public:
    Place(std::counting_semaphore<>& semaphore, std::chrono::seconds patience)
        : semaphore_(semaphore), is_granted_(semaphore.try_acquire_for(patience)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
        if (is_granted_) {
            semaphore_.release();
        }
    }
    bool is_granted() const noexcept { return is_granted_; }

  private:
    std::counting_semaphore<>& semaphore_;
    const bool is_granted_;
};

/// Leave to hash one password. Who finds too many before him does not wait: it is a thread that
/// would.
class Permit {
  public:
    Permit(std::counting_semaphore<>& entries, std::counting_semaphore<>& hashings)
        : entry_(entries, std::chrono::seconds{0}),
          hashing_(hashings, entry_.is_granted() ? kHashingWait : std::chrono::seconds{0}) {}
    bool is_granted() const noexcept { return entry_.is_granted() && hashing_.is_granted(); }

  private:
    const Place entry_;
    const Place hashing_;
};

/// Addresses that the store holds for the same, in one spelling; no longer than a hash, and nothing
/// that a memory dump should show.
std::string email_key(std::string_view email) {
    return sha256_hex(in_lower_case(email));
}

Error too_many_attempts(const RateDecision& taken) {
    return {
        .kind = ErrorKind::kRateLimited,
        .code = "login_rate_limited",
        .message = "Too many attempts to log in. Wait before the next one.",
        .retry_after = taken.retry_after};
}

bool is_wrong_password(const Result<Login>& login) {
    return !login && login.error().code == "login_failed";
}

Error too_many_passwords() {
    return {
        .kind = ErrorKind::kRateLimited,
        .code = "login_busy",
        .message = "Too many log-ins at once. Try again.",
        .retry_after = std::chrono::seconds{2}};
}

/// Whether it can be an address: something, an '@', something, and nothing that is not printed.
/// Only a message to it would show more.
bool is_address(std::string_view text) {
    const auto at = text.find('@');
    const bool is_split = at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
                          text.find('@', at + 1) == std::string_view::npos;
    return is_split && std::ranges::none_of(text, [](char c) {
               return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
           });
}

Result<void> validate(const CreateStaff& request) {
    std::vector<FieldError> errors;
    check_length(errors, "name", request.name, kNameLength);
    check_length(errors, "email", request.email, kEmailLength);
    if (errors.empty() && !is_address(request.email)) {
        errors.push_back({"email", "must be an e-mail address"});
    }
    check_length(errors, "password", request.password, kPasswordLength);
    return refuse_if_any(std::move(errors));
}

}  // namespace

StaffService::StaffService(
    const StaffServiceDependencies& dependencies,
    std::chrono::seconds token_lifetime,
    PasswordCost cost,
    LoginOptions options
)
    : deps_(dependencies),
      token_lifetime_(token_lifetime),
      cost_(cost),
      decoy_hash_(hash_password(random_token(16), cost)),
      options_(std::move(options)),
      by_address_(options_.attempts_per_address_per_minute),
      failures_(options_.failures_per_minute),
      failures_by_email_(options_.attempts_per_email_per_minute) {}

Result<StaffService::Counted> StaffService::count(const LoginAttempt& attempt) {
    const Deadline now = options_.now();
    const std::string client = subscriber_of(attempt.client_address);
    Counted counted{.email = email_key(attempt.email), .pair = {}};
    counted.pair = client + ' ' + counted.email;
    if (const auto taken = by_address_.take(client, 1, now); !taken.is_allowed) {
        return too_many_attempts(taken);
    }
    // Before the password is looked at, or many at the same time would all find room. In this
    // order, and what is refused takes nothing: who tries on from one address must not use up what
    // the owner has left elsewhere.
    if (const auto taken = failures_.take(counted.pair, 1, now); !taken.is_allowed) {
        return too_many_attempts(taken);
    }
    if (const auto taken = failures_by_email_.take(counted.email, 1, now); !taken.is_allowed) {
        failures_.give_back(counted.pair, 1, now);
        return too_many_attempts(taken);
    }
    return counted;
}

void StaffService::uncount(const Counted& counted) {
    const Deadline now = options_.now();
    failures_.give_back(counted.pair, 1, now);
    failures_by_email_.give_back(counted.email, 1, now);
}

Result<Login> StaffService::log_in(const LoginAttempt& attempt) {
    const auto counted = ORDERPUSH_TRY(count(attempt));
    // Whatever comes of it, only a wrong password stays counted.
    const auto uncounting = [this](const Counted* taken) { uncount(*taken); };
    std::unique_ptr<const Counted, decltype(uncounting)> pending{&counted, uncounting};
    auto login = verify(attempt);
    if (is_wrong_password(login)) {
        static_cast<void>(pending.release());  // NOLINT(bugprone-unused-return-value): not owned
    }
    return login;
}

Result<Login> StaffService::verify(const LoginAttempt& attempt) {
    auto found = deps_.staff.find_by_email(attempt.email);
    if (!found && found.error().kind != ErrorKind::kNotFound) {
        return std::move(found).error();
    }
    const Permit permit{entries_, hashings_};
    if (!permit.is_granted()) {
        return too_many_passwords();
    }
    // Of an unknown address a decoy is verified, so that the time shows no accounts.
    const bool is_right =
        options_.verify(found ? found->password_hash : decoy_hash_, attempt.password);
    if (!found || !is_right) {
        return Error{
            .kind = ErrorKind::kUnauthenticated,
            .code = "login_failed",
            .message = "The e-mail address or the password is wrong."};
    }
    return issue(*found, deps_.clock.now());
}

Login StaffService::issue(const Staff& staff, Timestamp logged_in_at) const {
    Login login{
        .token = {},
        .expires_at = deps_.clock.now() + token_lifetime_,
        .expires_in = token_lifetime_,
        .staff = {
            .id = staff.id,
            .restaurant = staff.restaurant,
            .branch = staff.branch,
            .role = staff.role,
            .name = staff.name,
            .station = staff.station,
            .logged_in_at = logged_in_at,
            .token_version = staff.token_version}};
    login.token = deps_.keyring.sign(staff_claims(login.staff, login.expires_at));
    return login;
}

Result<Login> StaffService::renew(const Caller& caller) {
    const auto* member = std::get_if<StaffMember>(&caller);
    if (member == nullptr) {
        return make_error("forbidden", "Only the log-in of a member of staff can be renewed.");
    }
    const auto found = deps_.staff.find(member->id);
    if (!found && found.error().kind != ErrorKind::kNotFound) {
        return found.error();
    }
    // From the store, and not from what this instance has heard: a token that was ended elsewhere a
    // second ago must not get a successor.
    if (!found || found->token_version != member->token_version) {
        return make_error("login_ended");
    }
    const Timestamp logged_in_at = member->logged_in_at.value_or(deps_.clock.now());
    if (deps_.clock.now() - logged_in_at >= options_.renewable_for) {
        return make_error("login_too_old");
    }
    return issue(*found, logged_in_at);
}

Result<Staff> StaffService::end_logins(const LoginsEnd& end) {
    auto changed = ORDERPUSH_TRY(deps_.staff.end_logins(end));
    deps_.ended_logins.note(changed.id, changed.token_version);
    return changed;
}

Result<void> StaffService::sign_out(const Caller& caller, const StaffId& id) {
    const auto* member = std::get_if<StaffMember>(&caller);
    if (member == nullptr || member->id != id) {
        ORDERPUSH_TRY(authorize(caller, Action::kManageStaff, own_scope(caller)));
    }
    ORDERPUSH_TRY(
        end_logins({.restaurant = restaurant_of(caller), .staff = id, .at = deps_.clock.now()})
    );
    return {};
}

Result<std::string> StaffService::change(const Caller& caller, const ChangeStaff& request) {
    ORDERPUSH_TRY(authorize(caller, Action::kManageStaff, own_scope(caller)));
    const auto* member = std::get_if<StaffMember>(&caller);
    if (member != nullptr && member->id == request.staff && !request.is_active) {
        return invalid_fields({{"isActive", "cannot be false for yourself"}});
    }
    const auto changed = ORDERPUSH_TRY(end_logins(
        {.restaurant = restaurant_of(caller),
         .staff = request.staff,
         .at = deps_.clock.now(),
         .is_active = request.is_active}
    ));
    return staff_json(changed);
}

Result<void> StaffService::set_password(const Caller& caller, const NewPassword& request) {
    ORDERPUSH_TRY(authorize(caller, Action::kManageStaff, own_scope(caller)));
    std::vector<FieldError> errors;
    check_length(errors, "password", request.password, kPasswordLength);
    ORDERPUSH_TRY(refuse_if_any(std::move(errors)));
    auto password_hash = ORDERPUSH_TRY(hash(request.password));
    ORDERPUSH_TRY(end_logins(
        {.restaurant = restaurant_of(caller),
         .staff = request.staff,
         .at = deps_.clock.now(),
         .password_hash = std::move(password_hash)}
    ));
    return {};
}

Result<std::string> StaffService::hash(const std::string& password) {
    // Hashing takes memory and tens of milliseconds by design; log-ins, new accounts and new
    // passwords share the places for it.
    const Permit permit{entries_, hashings_};
    if (!permit.is_granted()) {
        return too_many_passwords();
    }
    return hash_password(password, cost_);
}

Result<CreatedResponse> StaffService::create(
    const Caller& caller, const CreateStaff& request, const std::optional<Idempotency>& idempotency
) {
    const auto branch =
        ORDERPUSH_TRY(find_allowed_branch(deps_.menus, caller, Action::kManageStaff, request.branch)
        );
    ORDERPUSH_TRY(validate(request));
    return deps_.guard.run(
        branch.restaurant,
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) {
            return create_once(branch.restaurant, request, key);
        }
    );
}

Result<CreatedResponse> StaffService::create_once(
    const RestaurantId& restaurant,
    const CreateStaff& request,
    const std::optional<IdempotencyKey>& key
) {
    Staff staff{
        .id = deps_.ids.make<StaffId>(),
        .restaurant = restaurant,
        .branch = request.branch,
        .name = request.name,
        .email = request.email,
        .role = request.role,
        .password_hash = {},
        .station = request.station};
    staff.password_hash = ORDERPUSH_TRY(hash(request.password));
    const Timestamp now = deps_.clock.now();
    const std::string id = to_string(staff.id);
    auto document = staff_json(staff);
    ORDERPUSH_TRY(deps_.staff.create(
        {.staff = std::move(staff),
         .at = now,
         .answer = deps_.guard.stored_response(key, document, now)}
    ));
    return CreatedResponse{.id = id, .body = std::move(document)};
}

}  // namespace orderpush::usecases
