#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace orderpush::fuzz {

/// What must hold whatever a stranger sends. If it does not, the input is a finding.
inline void require(bool holds, const char* what) {
    if (!holds) {
        std::cerr << "does not hold: " << what << std::endl;
        std::abort();
    }
}

/// The bytes of one run, taken from the front: a seed file can be written and read by hand.
class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size)
        : rest_(reinterpret_cast<const char*>(data), size) {}

    bool is_empty() const noexcept { return rest_.empty(); }
    /// 0 when nothing is left.
    unsigned byte() {
        if (rest_.empty()) {
            return 0;
        }
        const auto first = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        return first;
    }
    /// Up to the next line feed, which is dropped.
    std::string line() {
        const std::string text{rest_.substr(0, rest_.find('\n'))};
        rest_.remove_prefix(text.size() < rest_.size() ? text.size() + 1 : text.size());
        return text;
    }
    std::string rest() {
        std::string text{rest_};
        rest_ = {};
        return text;
    }

  private:
    std::string_view rest_;
};

}  // namespace orderpush::fuzz

/// For libFuzzer, once per run; defined by each target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
