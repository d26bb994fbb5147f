#include "core/idempotency_store.hpp"
#include "core/orders/order_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

namespace orderpush::test {
namespace {

class IdempotencyStoreContract : public StoreContract {
  protected:
    void use_key(const std::string& key) {
        auto placement = sample.new_order(sample.open_session());
        placement.idempotency = IdempotencyKey{sample.branch.restaurant, key, "hash"};
        const auto placed = world->orders().place(placement);
        ASSERT_TRUE(placed) << placed.error().detail;
        answer = placed->answer;
    }
    std::string answer;
};

TEST_P(IdempotencyStoreContract, AUsedKeyGivesItsAnswerByteForByte) {
    use_key("key \"1\"");
    const auto found = world->idempotency().find(sample.branch.restaurant, "key \"1\"");
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(*found);
    EXPECT_EQ((*found)->request_hash, "hash");
    EXPECT_EQ((*found)->status, 201);
    EXPECT_EQ((*found)->body, answer);
}

TEST_P(IdempotencyStoreContract, KeysBelongToOneRestaurant) {
    use_key("key");
    const auto found = world->idempotency().find(ids.make<RestaurantId>(), "key");
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_FALSE(*found);
}

TEST_P(IdempotencyStoreContract, AKeyIsForgottenAfterADay) {
    use_key("key");
    world->clock.advance(std::chrono::hours{24} - std::chrono::milliseconds{1});
    EXPECT_TRUE(*world->idempotency().find(sample.branch.restaurant, "key"));
    world->clock.advance(std::chrono::milliseconds{1});
    EXPECT_FALSE(*world->idempotency().find(sample.branch.restaurant, "key"));
}

ORDERPUSH_CONTRACT_SUITE(IdempotencyStoreContract);

}  // namespace
}  // namespace orderpush::test
