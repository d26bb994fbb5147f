#include "usecases/access/audit_service.hpp"

#include "core/access/policy.hpp"
#include "usecases/access/branch_access.hpp"

#include <utility>

namespace orderpush::usecases {

Result<AuditPage> AuditService::list(const Caller& caller, AuditFilter filter) {
    const auto branch =
        ORDERPUSH_TRY(find_allowed_branch(menus_, caller, Action::kReadAudit, filter.branch));
    const auto* staff = std::get_if<StaffMember>(&caller);
    const int limit = filter.limit;
    filter.restaurant = branch.restaurant;
    filter.has_whole_restaurant = staff == nullptr || staff->role == Role::kAdmin;
    filter.limit = limit + 1;
    AuditPage page{.entries = ORDERPUSH_TRY(audit_.list(filter))};
    if (page.entries.size() > static_cast<std::size_t>(limit)) {
        page.entries.pop_back();
        page.next = page.entries.back().entry.id;
    }
    return page;
}

}  // namespace orderpush::usecases
