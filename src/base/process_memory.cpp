#include "base/process_memory.hpp"

#include <fstream>
#include <malloc.h>
#include <string>

namespace orderpush {
namespace {

/// glibc's default is eight per core. Each keeps what was freed in it for itself.
constexpr int kArenas = 4;

std::size_t anonymous_resident_bytes() {
    std::ifstream status{"/proc/self/status"};
    std::string line;
    while (std::getline(status, line)) {
        constexpr std::string_view kName = "RssAnon:";
        if (line.starts_with(kName)) {
            return std::stoul(line.substr(kName.size())) * 1024;
        }
    }
    return 0;
}

}  // namespace

ProcessMemory process_memory() {
    const struct mallinfo2 info = mallinfo2();
    return {.in_use = info.uordblks + info.hblkhd, .resident = anonymous_resident_bytes()};
}

void share_memory_arenas() {
    mallopt(M_ARENA_MAX, kArenas);
}

void return_free_memory() {
    malloc_trim(0);
}

}  // namespace orderpush
