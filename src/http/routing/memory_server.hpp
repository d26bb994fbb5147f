#pragma once

#include "http/routing/message.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace orderpush::http {

/// Parses one request from memory and writes its answer to memory, with cpp-httplib's server.
/// The library routes, compresses, cuts ranges and unpacks nothing here: all of that is either done
/// by `handle` or not offered. Any thread, several at once.
class MemoryServer {
  public:
    /// Answers a request that could be parsed.
    using Handle = std::function<Answer(Request request)>;
    /// Answers one that could not; `status` is what the library would have said. 500 is for what
    /// `handle` threw, whose text is `detail`.
    using Refuse = std::function<Answer(int status, const std::string& detail)>;

    /// `refuse` must not throw. Bodies above `body_bytes_max` are refused with 413.
    MemoryServer(Handle handle, Refuse refuse, std::size_t body_bytes_max);
    MemoryServer(const MemoryServer&) = delete;
    MemoryServer& operator=(const MemoryServer&) = delete;
    ~MemoryServer();

    /// Empty if there was not even a first line. `remote_address` is the client's IP.
    std::string respond(const std::string& request_bytes, const std::string& remote_address);

  private:
    class Server;
    std::unique_ptr<Server> server_;
};

}  // namespace orderpush::http
