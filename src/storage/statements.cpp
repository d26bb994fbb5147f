#include "storage/statements.hpp"

#include <array>

namespace orderpush::storage {

std::span<const Statement> prepared_statements() {
    static constexpr std::array kAll{
        kFindPlacementContext,
        kPlaceOrder,
        kFindOrder,
        kListBranchOrders,
        kListBranchOrdersInStatus,
        kListSessionOrders,
        kChangeOrderStatus,
        kFindIdempotencyKey,
        kTryRelayLease,
        kClaimEntries,
        kSettleEntries,
        kReadChannel,
        kListWaitingOrders,
        kRaiseAlarm,
        kClearAlarms,
        kPurgeEvents,
        kPurgeIdempotencyKeys,
        kFindBranch,
        kListMenu,
        kFindStaffByEmail,
        kFindApiClient,
        kListSchemaMigrations,
        kFindTableByQr,
        kFindTable,
        kOpenOrJoin,
        kFindSession,
        kFindGuest,
    };
    return kAll;
}

}  // namespace orderpush::storage
