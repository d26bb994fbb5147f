#pragma once

#include "core/delivery/delivery_store.hpp"
#include "core/operations/operations_store.hpp"

namespace orderpush::test {

// Reports over a restaurant where nothing happened: they are SQL, which a fake would only write a
// second time. What they say is tested on PostgreSQL.

class EmptyDeliveryStore final : public DeliveryStore {
  public:
    Result<std::vector<FailedDelivery>> list(const DeliveryFilter& /*filter*/) override {
        return std::vector<FailedDelivery>{};
    }
    Result<void> retry(
        const DeliveryKey&,
        const DeliveryOwner&,
        Timestamp,
        const std::optional<StoredResponse>& /*answer*/
    ) override {
        return Error{
            .kind = ErrorKind::kNotFound,
            .code = "delivery_not_found",
            .message = "There is no such delivery."};
    }
    Result<int> retry_dead(
        const DeliveryOwner&,
        const std::optional<std::string>&,
        int,
        Timestamp,
        const std::optional<StoredResponse>& /*answer*/
    ) override {
        return 0;
    }
    Result<std::vector<StreamBacklog>> backlogs(const DeliveryOwner& /*owner*/) override {
        return std::vector<StreamBacklog>{};
    }
    Result<std::vector<StreamBacklog>> total_backlogs(int /*entries_max*/) override {
        return std::vector<StreamBacklog>{};
    }
};

class EmptyOperationsStore final : public OperationsStore {
  public:
    Result<OperationsPicture> picture(const OperationsFilter& /*filter*/) override {
        return OperationsPicture{};
    }
    Result<std::vector<Order>> find_orders(const DeliveryOwner&, int, int) override {
        return std::vector<Order>{};
    }
};

}  // namespace orderpush::test
