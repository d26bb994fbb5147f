#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/audit_store.hpp"
#include "core/restaurant/menu_store.hpp"

#include <optional>
#include <vector>

namespace orderpush::usecases {

struct AuditPage {
    std::vector<AuditedEntry> entries;
    /// Pass as `after` to go on; nothing at the end.
    std::optional<AuditEntryId> next = {};
};

/// Shows the audit trail. Any thread; blocks on the stores.
class AuditService {
  public:
    AuditService(AuditStore& audit, MenuStore& menus) : audit_(audit), menus_(menus) {}

    /// Of `filter.branch`, newest first; for who may see all of the restaurant with what is about
    /// it as a whole. `filter.limit` 1 to 200; `filter.restaurant` is found here.
    Result<AuditPage> list(const Caller& caller, AuditFilter filter);

  private:
    AuditStore& audit_;
    MenuStore& menus_;
};

}  // namespace orderpush::usecases
