#include "storage/statements.hpp"

#include <array>

namespace orderpush::storage {
namespace {

constexpr std::array kAll{
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
    kListWaitingOrders,
    kRaiseAlarm,
    kClearAlarms,
    kRecordReceipts,
    kTraceOrder,
    kPurgeEvents,
    kPurgeIdempotencyKeys,
    kFindBranch,
    kListMenu,
    kFindMenuItem,
    kCreateMenuItem,
    kChangeMenuItem,
    kFindStaffByEmail,
    kFindStation,
    kFindStaff,
    kFindApiClient,
    kListTickets,
    kListStationTickets,
    kReadBoard,
    kSumOpenQuantities,
    kCountOpenTickets,
    kCountKitchen,
    kTellCount,
    kListOutdatedCounts,
    kCreateStaff,
    kCreateApiKey,
    kListApiKeys,
    kRevokeApiKey,
    kListSchemaMigrations,
    kFindTableByQr,
    kFindTable,
    kOpenOrJoin,
    kCloseSession,
    kFindSession,
    kFindGuest,
    kListTables,
    kListAreas,
    kCreateTable,
    kChangeTable,
    kRenewQrToken,
    kFindPayment,
    kListPayments,
    kLockSession,
    kRecordPayment,
};

}  // namespace

std::span<const Statement> prepared_statements() {
    return kAll;
}

}  // namespace orderpush::storage
