#include "usecases/access/ended_logins.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "base/observability/log.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace orderpush::usecases {
namespace {

/// Instances' clocks may differ by so much, and a transaction may last so long.
constexpr std::chrono::minutes kOverlap{10};
/// Of a person whose log-ins were ended again and again the last so many: earlier ones have been
/// told of, or this instance was not there.
constexpr int kVersionsTold = 8;

}  // namespace

SessionId login_session(const StaffId& staff, int token_version) {
    // UUID version 8 (RFC 9562, section 5.8): its bits are a hash of the name.
    std::string digits =
        sha256_hex("staff log-in " + to_string(staff) + ' ' + std::to_string(token_version))
            .substr(0, 32);
    digits[12] = '8';
    digits[16] = 'a';
    for (const std::size_t at : {20U, 16U, 12U, 8U}) {
        digits.insert(at, 1, '-');
    }
    return parse_id<SessionId>(digits).value();
}

EndedLogins::EndedLogins(
    StaffStore& staff, const Clock& clock, OnEnded on_ended, const EndedLoginsOptions& options
)
    : staff_(staff),
      clock_(clock),
      on_ended_(std::move(on_ended)),
      options_(options),
      worker_("ended_logins", [this](const std::stop_token&) {
          run_once();
          return options_.interval;
      }) {}

void EndedLogins::run_once() {
    const auto age = is_read_ ? std::chrono::milliseconds{kOverlap} : options_.token_age_max;
    const auto listed = staff_.list_ended_logins(clock_.now() - age);
    if (!listed) {
        if (!std::exchange(is_failing_, true)) {
            const Error& error = listed.error();
            log::warn("ended_logins_not_read", {{"reason", error.code}, {"detail", error.detail}});
        }
        // What was ended meanwhile may be older than the overlap when the database is back.
        is_read_ = false;
        return;
    }
    is_failing_ = false;
    is_read_ = true;
    for (const TokenVersion& ended : *listed) {
        note(ended.staff, ended.version);
    }
}

void EndedLogins::note(const StaffId& staff, int version) {
    const int known = versions_.with([&](Versions& versions) {
        int& good_from = versions[staff];
        const int before = good_from;
        good_from = std::max(good_from, version);
        return before;
    });
    for (int ended = std::max(known, version - kVersionsTold); ended < version; ++ended) {
        on_ended_(login_session(staff, ended));
    }
}

bool EndedLogins::is_ended(const StaffMember& staff) const {
    return versions_.with([&](const Versions& versions) {
        const auto found = versions.find(staff.id);
        return found != versions.end() && staff.token_version < found->second;
    });
}

}  // namespace orderpush::usecases
