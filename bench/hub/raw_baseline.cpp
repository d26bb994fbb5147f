#include "bench/hub/raw_baseline.hpp"

#include "realtime/event_loop/unique_fd.hpp"
#include "realtime/wire/handshake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace orderpush::bench {
namespace {

constexpr std::size_t kGatherMax = 64;
constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

using Bytes = std::shared_ptr<const std::string>;

void check(int result, const char* what) {
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

/// What stands between `before` and the next quotation mark.
std::string_view value_behind(std::string_view text, std::string_view before) {
    const auto begin = text.find(before);
    if (begin == std::string_view::npos) {
        return {};
    }
    text.remove_prefix(begin + before.size());
    return text.substr(0, text.find('"'));
}

std::string text_frame(std::string_view text) {
    std::string frame{'\x81'};
    if (text.size() < 126) {
        frame += static_cast<char>(text.size());
    } else {
        frame += '\x7E';
        frame += static_cast<char>(text.size() >> 8U & 0xFFU);
        frame += static_cast<char>(text.size() & 0xFFU);
    }
    return frame.append(text);
}

class Floor {
  public:
    Floor()
        : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
          listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        check(epoll_.get(), "epoll_create1");
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);  // the sockets API's own cast
        check(::bind(listener_.get(), generic, size), "bind");
        check(::listen(listener_.get(), SOMAXCONN), "listen");
        check(::getsockname(listener_.get(), generic, &size), "getsockname");
        watch(listener_.get(), EPOLL_CTL_ADD, EPOLLIN);
        fmt::print("listening {}\n", ntohs(address.sin_port));
        std::fflush(stdout);
    }

    [[noreturn]] void run() {
        while (true) {
            std::array<epoll_event, 512> events{};
            const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
            check(count == -1 && errno == EINTR ? 0 : count, "epoll_wait");
            for (int i = 0; i < count; ++i) {
                handle(events[static_cast<std::size_t>(i)]);
            }
            for (const int fd : std::exchange(dirty_, {})) {
                if (const auto found = peers_.find(fd); found != peers_.end()) {
                    found->second.is_dirty = false;
                    flush(fd, found->second);
                }
            }
        }
    }

  private:
    struct Peer {
        realtime::UniqueFd socket;
        std::vector<Bytes> queue = {};
        /// Of the first frame in the queue.
        std::size_t written = 0;
        bool is_dirty = false;
        bool is_blocked = false;
        bool is_subscriber = false;
    };

    void watch(int fd, int operation, std::uint32_t wanted) {
        epoll_event event{};
        event.events = wanted;
        event.data.fd = fd;
        check(::epoll_ctl(epoll_.get(), operation, fd, &event), "epoll_ctl");
    }

    void handle(const epoll_event& event) {
        if (event.data.fd == listener_.get()) {
            accept_all();
            return;
        }
        const auto found = peers_.find(event.data.fd);
        if (found == peers_.end()) {
            return;
        }
        if ((event.events & EPOLLOUT) != 0) {
            found->second.is_blocked = false;
            watch(event.data.fd, EPOLL_CTL_MOD, EPOLLIN);
            flush(event.data.fd, found->second);
        }
        if ((event.events & EPOLLIN) != 0) {
            read(event.data.fd, found->second);
        }
    }

    void accept_all() {
        while (true) {
            const int fd =
                ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (fd < 0) {
                check(errno == EAGAIN ? 0 : -1, "accept4");
                return;
            }
            const int on = 1;
            check(::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
            peers_.emplace(fd, Peer{.socket = realtime::UniqueFd{fd}});
            watch(fd, EPOLL_CTL_ADD, EPOLLIN);
        }
    }

    void read(int fd, Peer& peer) {
        const ssize_t count = ::recv(fd, buffer_.data(), buffer_.size(), 0);
        if (count < 0 && errno == EAGAIN) {
            return;
        }
        if (count <= 0) {
            forget(fd);
            return;
        }
        const std::string_view bytes{buffer_.data(), static_cast<std::size_t>(count)};
        if (bytes.starts_with("POST ")) {
            publish(bytes);
            queue(fd, peer, std::make_shared<const std::string>(kAnswer));
        } else if (bytes.starts_with("GET ")) {
            upgrade(fd, peer, bytes);
        } else if (const auto channel = value_behind(bytes, R"("channel":")"); !channel.empty()) {
            subscribe(fd, peer, std::string{channel});
        } else {
            forget(fd);  // a close frame
        }
    }

    void upgrade(int fd, Peer& peer, std::string_view head) {
        constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
        const auto key = head.substr(head.find(kKey) + kKey.size(), 24);
        queue(
            fd,
            peer,
            std::make_shared<const std::string>(
                realtime::handshake_response(key) +
                text_frame(
                    R"({"event":"pusher:connection_established","data":"{\"socket_id\":\"1.1\",\"activity_timeout\":120}"})"
                )
            )
        );
    }

    void subscribe(int fd, Peer& peer, const std::string& channel) {
        peer.is_subscriber = true;
        channels_[channel].push_back(fd);
        queue(
            fd,
            peer,
            std::make_shared<const std::string>(text_frame(
                R"({"event":"pusher_internal:subscription_succeeded","channel":")" + channel +
                R"(","data":"{}"})"
            ))
        );
    }

    void publish(std::string_view request) {
        const std::string channel{value_behind(request, R"("channel":")")};
        const auto found = channels_.find(channel);
        if (found == channels_.end()) {
            return;
        }
        const auto frame = std::make_shared<const std::string>(text_frame(
            R"({"event":"tick","channel":")" + channel + R"(","data":")" +
            std::string{value_behind(request, R"("data":")")} + R"("})"
        ));
        for (const int fd : found->second) {
            queue(fd, peers_.at(fd), frame);
        }
    }

    void queue(int fd, Peer& peer, const Bytes& bytes) {
        peer.queue.push_back(bytes);
        if (!peer.is_dirty) {
            peer.is_dirty = true;
            dirty_.push_back(fd);
        }
    }

    void flush(int fd, Peer& peer) {
        std::size_t head = 0;
        while (head < peer.queue.size() && !peer.is_blocked) {
            std::array<iovec, kGatherMax> slots;  // NOLINT: filled as far as it is used
            const std::size_t count = std::min(slots.size(), peer.queue.size() - head);
            for (std::size_t i = 0; i < count; ++i) {
                const std::string& bytes = *peer.queue[head + i];
                const std::size_t skipped = i == 0 ? peer.written : 0;
                slots[i] = {
                    .iov_base = const_cast<char*>(bytes.data() + skipped),
                    .iov_len = bytes.size() - skipped};
            }
            msghdr message{};
            message.msg_iov = slots.data();
            message.msg_iovlen = count;
            const ssize_t written = ::sendmsg(fd, &message, MSG_NOSIGNAL);
            if (written < 0) {
                if (errno != EAGAIN) {
                    return;  // its end is read next
                }
                peer.is_blocked = true;
                watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
                break;
            }
            peer.written += static_cast<std::size_t>(written);
            while (head < peer.queue.size() && peer.written >= peer.queue[head]->size()) {
                peer.written -= peer.queue[head++]->size();
            }
        }
        peer.queue.erase(
            peer.queue.begin(), peer.queue.begin() + static_cast<std::ptrdiff_t>(head)
        );
    }

    void forget(int fd) {
        if (peers_.at(fd).is_subscriber) {
            for (auto& [name, subscribers] : channels_) {
                std::erase(subscribers, fd);
            }
        }
        peers_.erase(fd);
    }

    realtime::UniqueFd epoll_;
    realtime::UniqueFd listener_;
    std::unordered_map<int, Peer> peers_;
    std::unordered_map<std::string, std::vector<int>> channels_;
    std::vector<int> dirty_;
    std::array<char, 64 * 1024> buffer_{};
};

}  // namespace

void serve_hub_floor() {
    std::make_unique<Floor>()->run();
}

}  // namespace orderpush::bench
