#pragma once

#include "core/push_adapter.hpp"
#include "realtime/hub.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace orderpush::adapters {

/// Pushes through the hub of this process. Delivered means: every shard with subscribers has the
/// message. Refuses nothing; what the hub did not acknowledge by the deadline (it stops, or is
/// overloaded) is to be sent again.
class BuiltinAdapter final : public PushAdapter {
  public:
    /// The hub outlives the adapter.
    explicit BuiltinAdapter(realtime::Hub& hub) : hub_(hub) {}

    std::string_view name() const noexcept override { return "builtin"; }
    PublishLimits limits() const noexcept override;
    std::vector<PublishOutcome> publish(std::span<const OutboxEntry> entries, Deadline deadline)
        override;

  private:
    realtime::Hub& hub_;
};

}  // namespace orderpush::adapters
