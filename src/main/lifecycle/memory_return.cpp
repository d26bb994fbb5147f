#include "main/lifecycle/memory_return.hpp"

#include "base/process_memory.hpp"

#include <chrono>
#include <cstddef>

namespace orderpush {
namespace {

constexpr std::chrono::seconds kInterval{30};
/// What may stay without use: what the next minute will want again.
constexpr std::size_t kKeptBytes = std::size_t{4} * 1024 * 1024;

void return_what_is_much() {
    const ProcessMemory use = process_memory();
    if (use.resident > use.in_use + use.in_use / 4 + kKeptBytes) {
        return_free_memory();
    }
}

}  // namespace

MemoryReturn::MemoryReturn()
    : worker_("memory_return", [](const std::stop_token&) {
          return_what_is_much();
          return Worker::Pause{kInterval};
      }) {}

}  // namespace orderpush
