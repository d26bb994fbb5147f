#include "usecases/access/staff_service.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "core/access/client_address.hpp"
#include "core/access/policy.hpp"
#include "core/error_codes.hpp"
#include "usecases/access/audit.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/branch_access.hpp"
#include "usecases/access/staff_fields.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/validation.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace orderpush::usecases {
namespace {

constexpr std::chrono::seconds kHashingWait{2};
constexpr TextLength kNameLength{.least = 1, .most = 100};
constexpr TextLength kPasswordLength{.least = 8, .most = 128};
constexpr std::size_t kOneTimeBytes = 12;
constexpr int kStaffListedMax = 1'000;

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

/// Only whoever knows the password learns of these restaurants.
Error ambiguous(const std::vector<StaffAccount>& accounts) {
    Error error = make_error("login_ambiguous");
    std::string listed;
    for (const StaffAccount& account : accounts) {
        listed += (listed.empty() ? "" : " ") + to_string(account.staff.restaurant);
    }
    error.extensions = {{"restaurantIds", std::move(listed)}};
    return error;
}

Error too_many_passwords() {
    return {
        .kind = ErrorKind::kRateLimited,
        .code = "login_busy",
        .message = "Too many log-ins at once. Try again.",
        .retry_after = std::chrono::seconds{2}};
}

Result<void> validate(const CreateStaff& request) {
    std::vector<FieldError> errors;
    check_length(errors, "name", request.name, kNameLength);
    check_email(errors, "email", request.email);
    if (request.password) {
        check_length(errors, "password", *request.password, kPasswordLength);
    }
    return refuse_if_any(std::move(errors));
}

/// Nobody hands out, or takes over, rights that are not theirs to give.
Result<void> authorize_role(const Caller& caller, Role role) {
    const auto* member = std::get_if<StaffMember>(&caller);
    if (member != nullptr && member->role == Role::kManager && role >= Role::kManager) {
        return make_error("forbidden", "A MANAGER looks after KITCHEN and WAITER.");
    }
    return {};
}

AuditedChange audited(const Staff& staff, const char* action) {
    return {
        .restaurant = staff.restaurant,
        .branch = staff.branch,
        .action = action,
        .subject_kind = "staff",
        .subject = staff.id.value,
        .after = staff_json(staff)};
}

/// `staff` as the request has it.
Staff changed(const Staff& staff, const ChangeStaff& request) {
    Staff after = staff;
    after.name = request.name.value_or(staff.name);
    after.role = request.role.value_or(staff.role);
    after.branch = request.branch.value_or(staff.branch);
    after.is_active = request.is_active.value_or(staff.is_active);
    const bool is_moved = after.branch != staff.branch;
    after.station = request.station.value_or(is_moved ? std::nullopt : staff.station);
    return after;
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
    auto accounts = ORDERPUSH_TRY(deps_.staff.list_by_email(attempt.email));
    if (attempt.restaurant) {
        std::erase_if(accounts, [&](const StaffAccount& account) {
            return account.staff.restaurant != *attempt.restaurant;
        });
    }
    const Permit permit{entries_, hashings_};
    if (!permit.is_granted()) {
        return too_many_passwords();
    }
    // Of an unknown address a decoy is verified, so that the time shows no accounts.
    if (accounts.empty()) {
        options_.verify(decoy_hash_, attempt.password);
    }
    std::erase_if(accounts, [&](const StaffAccount& account) {
        return !options_.verify(account.staff.password_hash, attempt.password);
    });
    if (accounts.empty()) {
        return make_error("login_failed");
    }
    if (accounts.size() > 1) {
        return ambiguous(accounts);
    }
    return issue(accounts.front().staff, deps_.clock.now());
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
            .token_version = staff.token_version,
            .must_change_password = staff.must_change_password}};
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

Result<Login> StaffService::change_own_password(const Caller& caller, const OwnPassword& request) {
    const auto* member = std::get_if<StaffMember>(&caller);
    if (member == nullptr) {
        return make_error("forbidden", "Only a member of staff has a password.");
    }
    std::vector<FieldError> errors;
    check_length(errors, "newPassword", request.new_password, kPasswordLength);
    if (request.new_password == request.password) {
        errors.push_back({"newPassword", "must be another one"});
    }
    ORDERPUSH_TRY(refuse_if_any(std::move(errors)));
    const auto found = ORDERPUSH_TRY(deps_.staff.find(member->id));
    if (found.token_version != member->token_version) {
        return make_error("login_ended");
    }
    ORDERPUSH_TRY(check_own_password(found, request));
    auto password_hash = ORDERPUSH_TRY(hash(request.new_password));
    const Timestamp now = deps_.clock.now();
    const auto changed = ORDERPUSH_TRY(end_logins(
        {.restaurant = found.restaurant,
         .staff = found.id,
         .at = now,
         .password_hash = std::move(password_hash),
         .audit = {audit_entry(
             actor_of(caller), audited(found, "staff:password_chosen"), now, deps_.ids
         )}}
    ));
    return issue(changed, now);
}

Result<void> StaffService::check_own_password(const Staff& staff, const OwnPassword& request) {
    // Whoever has somebody's token must not guess the password faster than at the log-in.
    const auto counted = ORDERPUSH_TRY(
        count({.email = staff.email, .password = {}, .client_address = request.client_address})
    );
    const Permit permit{entries_, hashings_};
    const bool is_right =
        permit.is_granted() && options_.verify(staff.password_hash, request.password);
    if (is_right || !permit.is_granted()) {
        uncount(counted);
    }
    if (!permit.is_granted()) {
        return too_many_passwords();
    }
    return is_right ? Result<void>{} : invalid_fields({{"password", "is not the present one"}});
}

Result<Staff> StaffService::end_logins(const LoginsEnd& end) {
    auto changed = ORDERPUSH_TRY(deps_.staff.end_logins(end));
    deps_.ended_logins.note(changed.id, changed.token_version);
    return changed;
}

Result<Staff> StaffService::find_to_manage(const Caller& caller, const StaffId& id) {
    auto staff = ORDERPUSH_TRY(deps_.staff.find_known(restaurant_of(caller), id));
    ORDERPUSH_TRY(authorize(
        caller, Action::kManageStaff, {.restaurant = staff.restaurant, .branch = staff.branch}
    ));
    ORDERPUSH_TRY(authorize_role(caller, staff.role));
    return staff;
}

Result<std::vector<Staff>> StaffService::list(const Caller& caller) {
    ORDERPUSH_TRY(authorize(caller, Action::kManageStaff, own_scope(caller)));
    const auto* member = std::get_if<StaffMember>(&caller);
    const bool is_all = member == nullptr || member->role == Role::kAdmin;
    return deps_.staff.list(
        restaurant_of(caller),
        is_all ? std::nullopt : std::optional{member->branch},
        kStaffListedMax
    );
}

Result<void> StaffService::sign_out(const Caller& caller, const StaffId& id) {
    const auto* member = std::get_if<StaffMember>(&caller);
    const bool is_self = member != nullptr && member->id == id;
    const auto staff = ORDERPUSH_TRY(
        is_self ? deps_.staff.find_known(member->restaurant, id) : find_to_manage(caller, id)
    );
    const Timestamp now = deps_.clock.now();
    ORDERPUSH_TRY(end_logins(
        {.restaurant = staff.restaurant,
         .staff = id,
         .at = now,
         .audit =
             {audit_entry(actor_of(caller), audited(staff, "staff:signed_out"), now, deps_.ids)}}
    ));
    return {};
}

Result<void> StaffService::validate(
    const Caller& caller, const Staff& before, const ChangeStaff& request
) {
    std::vector<FieldError> errors;
    if (!request.name && !request.role && !request.branch && !request.station &&
        !request.is_active) {
        errors.push_back(
            {"body", "must have at least one of name, role, branchId, stationId and isActive"}
        );
    }
    if (request.name) {
        check_length(errors, "name", *request.name, kNameLength);
    }
    const auto* member = std::get_if<StaffMember>(&caller);
    const bool is_self = member != nullptr && member->id == before.id;
    if (is_self && !request.is_active.value_or(true)) {
        errors.push_back({"isActive", "cannot be false for yourself"});
    }
    if (is_self && request.role.value_or(before.role) != before.role) {
        errors.push_back({"role", "cannot be changed for yourself"});
    }
    return refuse_if_any(std::move(errors));
}

Result<std::string> StaffService::change(const Caller& caller, const ChangeStaff& request) {
    const auto before = ORDERPUSH_TRY(find_to_manage(caller, request.staff));
    ORDERPUSH_TRY(validate(caller, before, request));
    const Staff after = orderpush::usecases::changed(before, request);
    ORDERPUSH_TRY(authorize_role(caller, after.role));
    if (after.branch != before.branch) {
        ORDERPUSH_TRY(find_allowed_branch(deps_.menus, caller, Action::kManageStaff, after.branch));
    }
    const Timestamp now = deps_.clock.now();
    auto audit = audited(after, "staff:changed");
    audit.before = staff_json(before);
    const StaffChange change{
        .restaurant = before.restaurant,
        .staff = before.id,
        .at = now,
        .name = request.name,
        .role = request.role,
        .branch = request.branch,
        .station = after.station != before.station ? std::optional{after.station} : std::nullopt,
        .is_active = request.is_active,
        .ends_logins =
            request.is_active || after.role != before.role || after.branch != before.branch,
        .audit = {audit_entry(actor_of(caller), std::move(audit), now, deps_.ids)}};
    const auto written = ORDERPUSH_TRY(deps_.staff.change(change));
    if (change.ends_logins) {
        deps_.ended_logins.note(written.id, written.token_version);
    }
    return staff_json(written);
}

Result<std::optional<std::string>> StaffService::set_password(
    const Caller& caller, const NewPassword& request
) {
    auto staff = ORDERPUSH_TRY(find_to_manage(caller, request.staff));
    if (request.password) {
        std::vector<FieldError> errors;
        check_length(errors, "password", *request.password, kPasswordLength);
        ORDERPUSH_TRY(refuse_if_any(std::move(errors)));
    }
    const std::string password = request.password.value_or(random_token(kOneTimeBytes));
    auto password_hash = ORDERPUSH_TRY(hash(password));
    const Timestamp now = deps_.clock.now();
    staff.must_change_password = !request.password;
    ORDERPUSH_TRY(end_logins(
        {.restaurant = staff.restaurant,
         .staff = staff.id,
         .at = now,
         .password_hash = std::move(password_hash),
         .must_change_password = staff.must_change_password,
         .audit = {audit_entry(
             actor_of(caller), audited(staff, "staff:password_given"), now, deps_.ids
         )}}
    ));
    return request.password ? std::nullopt : std::optional{password};
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
    ORDERPUSH_TRY(authorize_role(caller, request.role));
    ORDERPUSH_TRY(orderpush::usecases::validate(request));
    return deps_.guard.run(
        branch.restaurant,
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) {
            return create_once(caller, branch.restaurant, request, key);
        }
    );
}

Result<CreatedResponse> StaffService::create_once(
    const Caller& caller,
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
    staff.must_change_password = !request.password;
    const std::string password = request.password.value_or(random_token(kOneTimeBytes));
    staff.password_hash = ORDERPUSH_TRY(hash(password));
    const Timestamp now = deps_.clock.now();
    const std::string id = to_string(staff.id);
    auto document = staff_json(staff, request.password ? std::nullopt : std::optional{password});
    auto answer = request.password ? deps_.guard.stored_response(key, document, now)
                                   : deps_.guard.encrypted_response(key, document, now);
    auto change = audited(staff, "staff:created");
    ORDERPUSH_TRY(deps_.staff.create(
        {.staff = std::move(staff),
         .at = now,
         .answer = std::move(answer),
         .audit = {audit_entry(actor_of(caller), std::move(change), now, deps_.ids)}}
    ));
    return CreatedResponse{.id = id, .body = std::move(document)};
}

}  // namespace orderpush::usecases
