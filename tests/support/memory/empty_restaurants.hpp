#pragma once

#include "core/audit_store.hpp"
#include "core/restaurant/restaurant_store.hpp"

namespace orderpush::test {

// Restaurants that nobody set up: what setting them up writes is SQL, which a fake would only write
// a second time. It is tested on PostgreSQL.

class EmptyRestaurantStore final : public RestaurantStore {
  public:
    Result<void> create(const NewRestaurant& /*created*/) override { return {}; }
    Result<std::vector<Restaurant>> list(const std::optional<RestaurantId>&, int) override {
        return std::vector<Restaurant>{};
    }
    Result<Restaurant> find(const RestaurantId& /*id*/) override {
        return missing("restaurant_not_found");
    }
    Result<std::int64_t> change(const RestaurantChange& /*change*/) override {
        return missing("restaurant_not_found");
    }
    Result<bool> knows_time_zone(std::string_view name) override { return name == "Europe/Berlin"; }
    Result<std::vector<BranchSettings>> list_branches(const RestaurantId&) override {
        return std::vector<BranchSettings>{};
    }
    Result<BranchSettings> find_branch(const BranchId& /*id*/) override {
        return missing("branch_not_found");
    }
    Result<void> create_branch(const NewBranch& /*created*/) override { return {}; }
    Result<std::int64_t> change_branch(const BranchChange& /*change*/) override {
        return missing("branch_not_found");
    }
    Result<std::vector<BranchPart>> list_parts(BranchPart::Kind, const BranchId&) override {
        return std::vector<BranchPart>{};
    }
    Result<BranchPart> find_part(BranchPart::Kind kind, const Uuid& /*id*/) override {
        return kind == BranchPart::Kind::kArea ? missing("area_not_found")
                                               : missing("station_not_found");
    }
    Result<void> create_part(const NewBranchPart& /*created*/) override { return {}; }
    Result<void> rename_part(const BranchPartChange& change) override {
        return find_part(change.kind, change.id).error();
    }

  private:
    static Error missing(const char* code) {
        return {.kind = ErrorKind::kNotFound, .code = code, .message = "There is none."};
    }
};

class EmptyAuditStore final : public AuditStore {
  public:
    Result<std::vector<AuditedEntry>> list(const AuditFilter& /*filter*/) override {
        return std::vector<AuditedEntry>{};
    }
};

}  // namespace orderpush::test
