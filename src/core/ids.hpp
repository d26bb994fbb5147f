#pragma once

#include "base/crypto/uuid.hpp"

namespace orderpush {

using RestaurantId = Id<struct RestaurantTag>;
using BranchId = Id<struct BranchTag>;
using AreaId = Id<struct AreaTag>;
using TableId = Id<struct TableTag>;
using SessionId = Id<struct SessionTag>;
using StationId = Id<struct StationTag>;
using MenuItemId = Id<struct MenuItemTag>;
using StaffId = Id<struct StaffTag>;
using ApiKeyId = Id<struct ApiKeyTag>;
using OrderId = Id<struct OrderTag>;
using OrderItemId = Id<struct OrderItemTag>;
using TicketId = Id<struct TicketTag>;
using PaymentId = Id<struct PaymentTag>;
using AlarmId = Id<struct AlarmTag>;
using EventId = Id<struct EventTag>;
/// One running process of the service; a restart is another instance.
using InstanceId = Id<struct InstanceTag>;

}  // namespace orderpush
