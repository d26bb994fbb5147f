#pragma once

#include <cstddef>

namespace orderpush {

/// Of this process, in bytes.
struct ProcessMemory {
    /// Handed out by malloc and not freed.
    std::size_t in_use = 0;
    /// Resident, without what files back (the program's text, libraries).
    std::size_t resident = 0;
};
ProcessMemory process_memory();

/// Has all threads share a few of malloc's arenas: what one frees, another can use. Before any
/// other thread is started.
void share_memory_arenas();
/// Gives what is free back to the system. Threads that allocate meanwhile may wait some
/// milliseconds.
void return_free_memory();

}  // namespace orderpush
