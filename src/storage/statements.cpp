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
        kClaimFurtherEntries,
        kSettleEntries,
        kSettleFurtherEntries,
        kSetStreams,
        kAnnounce,
        kListDeliveries,
        kRetryDelivery,
        kRetryDeadDeliveries,
        kCountBacklogs,
        kReadChannel,
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
