#include "core/events/event.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

OutboxEntry entry(std::string payload) {
    const auto id = parse_id<EventId>("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    return {
        .event_id = *id,
        .name = "order:created",
        .payload = std::move(payload),
        .occurred_at = Timestamp{std::chrono::milliseconds{1'700'000'000'123}},
        .channel = Channel::kitchen(BranchId{id->value}),
        .seq = 7};
}

TEST(EventTest, EnvelopePutsTheCommonFieldsBeforeThePayload) {
    EXPECT_EQ(
        envelope(entry(R"({"orderId":"x","items":[]})")),
        R"({"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","seq":7,"type":"order:created",)"
        R"("occurredAt":"2023-11-14T22:13:20.123Z","orderId":"x","items":[]})"
    );
}

TEST(EventTest, EnvelopeOfAnEmptyPayloadIsStillAnObject) {
    EXPECT_TRUE(envelope(entry("{}")).ends_with(R"("occurredAt":"2023-11-14T22:13:20.123Z"})"));
}

}  // namespace
}  // namespace orderpush
