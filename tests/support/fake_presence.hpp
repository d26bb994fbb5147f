#pragma once

#include "core/presence.hpp"

#include <map>
#include <optional>
#include <vector>

namespace orderpush::test {

/// Those whom the test says are there. Not synchronised.
class FakePresence final : public Presence {
  public:
    Result<std::vector<PresentMember>> members(const Channel& channel) override {
        if (failure) {
            return *failure;
        }
        const auto found = present.find(channel);
        return found == present.end() ? std::vector<PresentMember>{} : found->second;
    }

    std::map<Channel, std::vector<PresentMember>> present;
    std::optional<Error> failure;
};

}  // namespace orderpush::test
