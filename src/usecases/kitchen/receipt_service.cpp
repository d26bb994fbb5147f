#include "usecases/kitchen/receipt_service.hpp"

#include "base/clock.hpp"
#include "core/access/policy.hpp"
#include "usecases/access/channel_joiner.hpp"
#include "usecases/validation.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::usecases {
namespace {

/// The channels of a branch that staff of it may join.
std::vector<Audience> subscribed_by(const StaffMember& staff) {
    const Scope scope{.restaurant = staff.restaurant, .branch = staff.branch};
    std::vector<Audience> audiences;
    for (const Channel& channel :
         {Channel::kitchen(staff.branch),
          Channel::waiters(staff.branch),
          Channel::tables(staff.branch)}) {
        const auto action = join_action(channel);
        if (action && authorize(staff, *action, scope)) {
            audiences.push_back(channel.audience());
        }
    }
    return audiences;
}

Result<void> validate(const NewReceipts& receipts) {
    std::vector<FieldError> errors;
    check_length(
        errors,
        "deviceId",
        receipts.device,
        {.least = 1, .most = ReceiptService::kDeviceCharactersMax}
    );
    if (receipts.events.empty() || receipts.events.size() > ReceiptService::kEventsMax) {
        errors.push_back(
            {"eventIds", "must have 1 to " + std::to_string(ReceiptService::kEventsMax) + " ids"}
        );
    }
    return refuse_if_any(std::move(errors));
}

/// Whose it is, and what they subscribe to.
void name_reporter(const Caller& caller, ReceiptReport& report) {
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        report.staff = staff->id;
        report.audiences = subscribed_by(*staff);
        if (staff->role != Role::kAdmin) {
            report.branch = staff->branch;
        }
    } else if (const auto* guest = std::get_if<Guest>(&caller)) {
        // Not what it calls itself: a guest must not report in the name of a kitchen's display.
        report.device = guest_user_id(*guest);
        report.branch = guest->branch;
        report.session = guest->session;
    }
}

}  // namespace

Result<ReceiptCount> ReceiptService::report(const Caller& caller, NewReceipts receipts) {
    ORDERPUSH_TRY(authorize(caller, Action::kReportReceipts, own_scope(caller)));
    ORDERPUSH_TRY(validate(receipts));
    // Displays repeat what they are not sure to have reported; what was ignored is counted below.
    std::ranges::sort(receipts.events);
    const auto repeated = std::ranges::unique(receipts.events);
    receipts.events.erase(repeated.begin(), repeated.end());
    ReceiptReport report{
        .device = std::move(receipts.device),
        .kind = receipts.kind,
        .events = std::move(receipts.events),
        .at = clock_.now(),
        .restaurant = restaurant_of(caller)};
    name_reporter(caller, report);
    const auto recorded = ORDERPUSH_TRY(receipts_.record(report));
    if (!recorded.delays.empty()) {
        for (ReceiptObserver* observer : observers_) {
            observer->reported(report.kind, recorded.delays);
        }
    }
    return ReceiptCount{
        .recorded = recorded.recorded, .ignored = report.events.size() - recorded.recorded};
}

}  // namespace orderpush::usecases
