#include "app/staff_service.hpp"

#include "app/authenticator.hpp"
#include "core/client_address.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::app {
namespace {

constexpr std::chrono::seconds kVerificationWait{2};

/// One of the semaphore's places for the time of its life, if one gets free in time.
class Permit {
  public:
    explicit Permit(std::counting_semaphore<>& semaphore)
        : semaphore_(semaphore), is_granted_(semaphore.try_acquire_for(kVerificationWait)) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() {
        if (is_granted_) {
            semaphore_.release();
        }
    }
    bool is_granted() const noexcept { return is_granted_; }

  private:
    std::counting_semaphore<>& semaphore_;
    const bool is_granted_;
};

/// Addresses that the store holds for the same, in one spelling; no longer than a hash, and nothing
/// that a memory dump should show.
std::string email_key(std::string email) {
    std::ranges::transform(email, email.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return sha256_hex(email);
}

}  // namespace

StaffService::StaffService(
    StaffStore& staff,
    const JwtKeyring& keyring,
    const Clock& clock,
    std::chrono::seconds token_lifetime,
    PasswordCost cost,
    LoginOptions options
)
    : staff_(staff),
      keyring_(keyring),
      clock_(clock),
      token_lifetime_(token_lifetime),
      decoy_hash_(hash_password(random_token(16), cost)),
      options_(std::move(options)),
      by_address_(options_.attempts_per_address_per_minute),
      by_email_(options_.attempts_per_email_per_minute) {}

Result<void> StaffService::count(const LoginAttempt& attempt) {
    const Deadline now = options_.now();
    RateDecision taken = by_address_.take(subscriber_of(attempt.client_address), 1, now);
    if (taken.is_allowed) {
        taken = by_email_.take(email_key(attempt.email), 1, now);
    }
    if (taken.is_allowed) {
        return {};
    }
    return Error{
        .code = ErrorCode::kRateLimited,
        .reason = "login_rate_limited",
        .message = "Too many attempts to log in. Wait before the next one.",
        .retry_after = taken.retry_after};
}

Result<Login> StaffService::log_in(const LoginAttempt& attempt) {
    if (auto counted = count(attempt); !counted) {
        return std::move(counted).error();
    }
    auto found = staff_.find_by_email(attempt.email);
    if (!found && found.error().code != ErrorCode::kNotFound) {
        return std::move(found).error();
    }
    const Permit permit{verifications_};
    if (!permit.is_granted()) {
        return Error{
            .code = ErrorCode::kRateLimited,
            .reason = "login_busy",
            .message = "Too many log-ins at once. Try again.",
            .retry_after = std::chrono::seconds{2}};
    }
    const bool is_right =
        options_.verify(found ? found->password_hash : decoy_hash_, attempt.password);
    if (!found || !is_right) {
        return Error{
            .code = ErrorCode::kUnauthenticated,
            .reason = "login_failed",
            .message = "The e-mail address or the password is wrong."};
    }
    Login login{
        .token = {},
        .expires_at = clock_.now() + token_lifetime_,
        .staff = {
            .id = found->id,
            .restaurant = found->restaurant,
            .branch = found->branch,
            .role = found->role,
            .name = found->name,
            .station = found->station}};
    login.token = keyring_.sign(staff_claims(login.staff, login.expires_at));
    return login;
}

}  // namespace orderpush::app
