#pragma once

#include "realtime/event_loop/unique_fd.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <sys/epoll.h>

namespace orderpush::realtime {

/// Whose socket it is. Called on the loop's thread; may close its socket, or others.
class SocketHandler {
  public:
    SocketHandler() = default;
    SocketHandler(const SocketHandler&) = delete;
    SocketHandler& operator=(const SocketHandler&) = delete;
    virtual ~SocketHandler() = default;

    /// There is something to read, or the peer has gone; again and again until it is read.
    virtual void on_readable() = 0;
    /// There is room again: once after PolledSocket::await_room().
    virtual void on_writable() = 0;
};

/// The sockets of one loop's connections, watched by an epoll instance of their own (epoll(7)),
/// which the loop watches in turn. Asio would keep a state for each of them until the process ends,
/// scattered among what the connections take, so that no memory could go back to the system. On the
/// loop's thread, except for the constructor.
class SocketPoller {
  public:
    /// Throws std::system_error if the system has no more of it.
    explicit SocketPoller(boost::asio::io_context& context);
    SocketPoller(const SocketPoller&) = delete;
    SocketPoller& operator=(const SocketPoller&) = delete;

    /// Once, before the first socket has something to say.
    void start();

  private:
    friend class PolledSocket;
    /// Events of one turn of the loop, so that it has turns for other things; chosen.
    static constexpr std::size_t kEventsMax = 256;

    void control(int operation, int fd, std::uint32_t events, SocketHandler& handler);
    void forget(int fd, const SocketHandler& handler);
    void dispatch();

    boost::asio::posix::stream_descriptor epoll_;
    std::array<epoll_event, kEventsMax> events_{};
    /// Of events_, those whose handlers are still to be called.
    std::span<epoll_event> pending_;
};

/// A socket that is watched for as long as it is open.
class PolledSocket {
  public:
    /// Both outlive it, or its close(). Throws std::system_error if it cannot be watched.
    PolledSocket(SocketPoller& poller, UniqueFd socket, SocketHandler& handler);
    PolledSocket(const PolledSocket&) = delete;
    PolledSocket& operator=(const PolledSocket&) = delete;
    ~PolledSocket() { close(); }

    /// -1 once it is closed.
    int fd() const noexcept { return socket_.get(); }
    void await_room();
    /// For the handler, in on_writable(): no longer.
    void stop_awaiting_room();
    /// No handler is called after it returned. Idempotent.
    void close() noexcept;

  private:
    SocketPoller& poller_;
    SocketHandler& handler_;
    UniqueFd socket_;
};

}  // namespace orderpush::realtime
