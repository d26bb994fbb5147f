#include "bench/hub/subscriber_pool.hpp"

#include "bench/orders/http_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/socket.h>
#include <system_error>

namespace orderpush::bench {
namespace {

constexpr int kPatienceMs = 10'000;
constexpr std::size_t kReadBytes = 256 * 1024;
/// Connections that are under way at one time.
constexpr std::size_t kOpeningMax = 100;

std::system_error failure(const char* what) {
    return {errno, std::generic_category(), what};
}

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (written < 0) {
            throw failure("send");
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// Reads until `wanted` has come; all that was read.
std::string read_until(int fd, std::string_view wanted) {
    std::string read;
    while (read.find(wanted) == std::string::npos) {
        pollfd readable{.fd = fd, .events = POLLIN, .revents = 0};
        if (::poll(&readable, 1, kPatienceMs) != 1) {
            throw std::runtime_error(fmt::format("'{}' did not come: {}", wanted, read));
        }
        std::array<char, 4096> buffer{};
        const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (count <= 0) {
            throw std::runtime_error(fmt::format("the server ended a connection: {}", read));
        }
        read.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return read;
}

/// A client's text frame; the mask is zero, which is a mask as well.
std::string client_frame(std::string_view text) {
    if (text.size() >= 126) {
        throw std::logic_error("a longer frame than this is made for");
    }
    std::string frame{'\x81', static_cast<char>(0x80U | text.size()), 0, 0, 0, 0};
    return frame.append(text);
}

/// What a connection says to become a subscriber, and what it waits for after each.
struct Dialogue {
    struct Turn {
        std::string say;
        std::string_view await;
    };
    std::string target;
    std::string_view greeting;
    std::vector<Turn> turns;
};

Dialogue dialogue_of(const SubscriberPoolOptions& options, std::size_t connection) {
    if (options.client == HubClient::kSocketio) {
        return {
            .target = "/socket.io/?EIO=4&transport=websocket",
            .greeting = R"(0{"sid":")",
            .turns = {
                {R"(40{"token":"cook"})", R"(40{"sid":")"}, {R"(420["join:kitchen"])", "430["}}};
    }
    return {
        .target = fmt::format("/app/{}?protocol=7&client=bench&version=1", options.key),
        .greeting = "pusher:connection_established",
        .turns = {
            {fmt::format(
                 R"({{"event":"pusher:subscribe","data":{{"channel":"{}"}}}})",
                 hub_channel(connection % options.channels)
             ),
             "pusher_internal:subscription_succeeded"}}};
}

/// The length of the frame at the beginning of `bytes`, header included; 0 if that has not come
/// whole.
std::size_t frame_size(std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() < 2) {
        return 0;
    }
    std::size_t length = byte(1) & 0x7FU;
    std::size_t header = 2;
    if (length >= 126) {
        const std::size_t extended = length == 126 ? 2 : 8;
        if (bytes.size() < header + extended) {
            return 0;
        }
        length = 0;
        for (std::size_t i = 0; i < extended; ++i) {
            length = length << 8U | byte(header + i);
        }
        header += extended;
    }
    return header + length <= bytes.size() ? header + length : 0;
}

}  // namespace

void allow_all_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        throw failure("getrlimit");
    }
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        throw failure("setrlimit");
    }
}

SubscriberPool::SubscriberPool(const SubscriberPoolOptions& options) : buffer_(kReadBytes) {
    connections_.reserve(options.connections);
    for (std::size_t first = 0; first < options.connections; first += kOpeningMax) {
        open(first, std::min(first + kOpeningMax, options.connections), options);
    }
}

void SubscriberPool::open(
    std::size_t first, std::size_t last, const SubscriberPoolOptions& options
) {
    const std::string upgrade = fmt::format(
        "GET {} HTTP/1.1\r\nHost: bench\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        dialogue_of(options, first).target
    );
    const std::size_t turns = dialogue_of(options, first).turns.size();
    for (std::size_t i = first; i < last; ++i) {
        connections_.push_back({.socket = connect_to(options.port)});
        connections_.back().heard.resize(options.publishers);
        write_all(fd(i), upgrade);
    }
    for (std::size_t turn = 0; turn < turns; ++turn) {
        for (std::size_t i = first; i < last; ++i) {
            const Dialogue dialogue = dialogue_of(options, i);
            read_until(fd(i), turn == 0 ? dialogue.greeting : dialogue.turns[turn - 1].await);
            write_all(fd(i), client_frame(dialogue.turns[turn].say));
        }
    }
    for (std::size_t i = first; i < last; ++i) {
        read_until(fd(i), dialogue_of(options, i).turns.back().await);
        if (::fcntl(fd(i), F_SETFL, O_NONBLOCK) != 0) {
            throw failure("fcntl");
        }
    }
}

void SubscriberPool::read(std::size_t index, const Listener& listener) {
    Connection& connection = connections_[index];
    const std::size_t kept = connection.rest.size();
    std::ranges::copy(connection.rest, buffer_.begin());
    const ssize_t count =
        ::recv(connection.socket.get(), buffer_.data() + kept, buffer_.size() - kept, 0);
    if (count < 0 && errno == EAGAIN) {
        return;
    }
    if (count <= 0) {
        throw std::runtime_error("the server ended a subscriber's connection");
    }
    std::string_view bytes{buffer_.data(), kept + static_cast<std::size_t>(count)};
    while (const std::size_t size = frame_size(bytes)) {
        take(connection, bytes.substr(0, size), listener);
        bytes.remove_prefix(size);
    }
    connection.rest.assign(bytes);
}

void SubscriberPool::take(
    Connection& connection, std::string_view frame, const Listener& listener
) {
    const auto message = hub_message_in(frame);
    if (!message) {
        return;  // a ping, or of somebody else
    }
    count_in_order(connection.heard, *message);
    ++delivered_;
    if (listener) {
        listener(*message);
    }
}

}  // namespace orderpush::bench
