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
        kFindOrderByTicket,
        kChangeOrder,
        kFindIdempotencyKey,
        kTryRelayLease,
        kClaimEntries,
        kSettleEntries,
        kReadChannel,
        kPurgeEvents,
        kPurgeIdempotencyKeys,
        kFindBranch,
        kListMenu,
        kFindStaffByEmail,
        kFindStation,
        kFindStaff,
        kFindApiClient,
        kListTickets,
        kReadBoard,
        kSumOpenQuantities,
        kCountOpenTickets,
        kCountKitchen,
        kTellCount,
        kListOutdatedCounts,
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
