#pragma once

#include "base/crypto/uuid.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace orderpush::test {

/// UUIDs that count up: 00000000-0000-7000-8000-000000000001, and so on. Any thread.
class SequentialIds final : public IdSource {
  public:
    Uuid next() override {
        Uuid uuid;
        uuid.bytes[6] = 0x70;
        uuid.bytes[8] = 0x80;
        std::uint64_t rest = ++last_;
        for (std::size_t i = uuid.bytes.size() - 1; rest != 0; --i) {
            uuid.bytes[i] = static_cast<std::uint8_t>(rest & 0xFFU);
            rest >>= 8U;
        }
        return uuid;
    }

  private:
    std::atomic<std::uint32_t> last_{0};
};

}  // namespace orderpush::test
