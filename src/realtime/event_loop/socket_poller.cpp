#include "realtime/event_loop/socket_poller.hpp"

#include "base/observability/log.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

namespace orderpush::realtime {
namespace {

constexpr std::uint32_t kRoom = EPOLLOUT;
constexpr std::uint32_t kReadable = EPOLLIN;

int checked(int result, const char* what) {
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return result;
}

}  // namespace

SocketPoller::SocketPoller(boost::asio::io_context& context)
    : epoll_(context, checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}

void SocketPoller::start() {
    epoll_.async_wait(
        boost::asio::posix::descriptor_base::wait_read,
        [this](const boost::system::error_code& error) {
            if (!error) {
                dispatch();
                start();
            }
        }
    );
}

void SocketPoller::control(int operation, int fd, std::uint32_t events, SocketHandler& handler) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &handler;
    checked(::epoll_ctl(epoll_.native_handle(), operation, fd, &event), "epoll_ctl");
}

void SocketPoller::forget(int fd, const SocketHandler& handler) {
    ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, fd, nullptr);
    // A handler may close another's socket, and be destroyed with it: what this turn has for it
    // still must not reach it.
    for (epoll_event& event : pending_) {
        event.data.ptr = event.data.ptr == &handler ? nullptr : event.data.ptr;
    }
}

void SocketPoller::dispatch() {
    // Without waiting: the loop found the epoll instance readable.
    const int count =
        ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
    pending_ = std::span{events_}.first(static_cast<std::size_t>(std::max(count, 0)));
    const auto notify = [](const epoll_event& event, std::uint32_t of, auto member) {
        auto* const handler = static_cast<SocketHandler*>(event.data.ptr);
        if (handler != nullptr && (event.events & of) != 0) {
            (handler->*member)();
        }
    };
    for (const epoll_event& event : pending_) {
        try {
            notify(event, kRoom, &SocketHandler::on_writable);
            // An error or a hang-up as well: reading tells which.
            notify(event, ~kRoom, &SocketHandler::on_readable);
        } catch (const std::exception& fault) {
            // It must not keep from the others what is theirs.
            log::error("socket_handler_failed", {{"reason", fault.what()}});
        }
    }
    pending_ = {};
}

PolledSocket::PolledSocket(SocketPoller& poller, UniqueFd socket, SocketHandler& handler)
    : poller_(poller), handler_(handler), socket_(std::move(socket)) {
    poller_.control(EPOLL_CTL_ADD, fd(), kReadable, handler_);
}

void PolledSocket::await_room() {
    poller_.control(EPOLL_CTL_MOD, fd(), kReadable | kRoom, handler_);
}

void PolledSocket::stop_awaiting_room() {
    poller_.control(EPOLL_CTL_MOD, fd(), kReadable, handler_);
}

void PolledSocket::close() noexcept {
    if (fd() >= 0) {
        poller_.forget(fd(), handler_);
        socket_ = UniqueFd{};
    }
}

}  // namespace orderpush::realtime
