#include "app/staff_service.hpp"

#include "app/authenticator.hpp"

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

}  // namespace

StaffService::StaffService(
    StaffStore& staff,
    const JwtKeyring& keyring,
    const Clock& clock,
    std::chrono::seconds token_lifetime,
    PasswordCost cost
)
    : staff_(staff),
      keyring_(keyring),
      clock_(clock),
      token_lifetime_(token_lifetime),
      decoy_hash_(hash_password(random_token(16), cost)) {}

Result<Login> StaffService::log_in(const std::string& email, const std::string& password) {
    auto found = staff_.find_by_email(email);
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
    const bool is_right = verify_password(found ? found->password_hash : decoy_hash_, password);
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
