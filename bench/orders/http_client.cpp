#include "bench/orders/http_client.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>

namespace orderpush::bench {
namespace {

constexpr int kAnswerTimeoutMs = 10'000;

std::system_error failure(const char* what) {
    return {errno, std::generic_category(), what};
}

std::size_t number_at(std::string_view text, std::size_t at) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
    if (error != std::errc{}) {
        throw std::runtime_error("an answer without a number where one belongs");
    }
    return number;
}

}  // namespace

realtime::UniqueFd connect_to(std::uint16_t port) {
    realtime::UniqueFd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (socket.get() < 0) {
        throw failure("socket");
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(socket.get(), generic, sizeof address) != 0) {
        throw failure("connect");
    }
    const int on = 1;
    if (::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        throw failure("TCP_NODELAY");
    }
    return socket;
}

HttpClient::HttpClient(std::uint16_t port) : socket_(connect_to(port)) {}

void HttpClient::send(std::string_view request) {
    buffer_.clear();
    while (!request.empty()) {
        const ssize_t count = ::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL);
        if (count < 0) {
            throw failure("send");
        }
        request.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::optional<HttpAnswer> HttpClient::receive() {
    std::array<char, 16 * 1024> bytes;  // NOLINT: recv() fills what is used
    const ssize_t count = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count == 0) {
        throw std::runtime_error("the service closed a connection");
    }
    if (count < 0) {
        if (errno == EAGAIN) {
            return std::nullopt;
        }
        throw failure("recv");
    }
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    return answer_in_buffer();
}

HttpAnswer HttpClient::ask(std::string_view request) {
    send(request);
    for (;;) {
        pollfd readable{.fd = socket_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&readable, 1, kAnswerTimeoutMs) <= 0) {
            throw std::runtime_error("no answer in ten seconds");
        }
        if (const auto answer = receive()) {
            return *answer;
        }
    }
}

std::optional<HttpAnswer> HttpClient::answer_in_buffer() {
    constexpr std::string_view kEnd = "\r\n\r\n";
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    constexpr std::size_t kStatusAt = 9;  // behind "HTTP/1.1 "
    const std::string_view text{buffer_};
    const auto end = text.find(kEnd);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto length_at = text.substr(0, end).find(kLength);
    if (length_at == std::string_view::npos) {
        throw std::runtime_error("an answer without Content-Length");
    }
    const std::size_t length = number_at(text, length_at + kLength.size());
    const std::string_view body = text.substr(end + kEnd.size());
    if (body.size() < length) {
        return std::nullopt;
    }
    return HttpAnswer{.status = static_cast<int>(number_at(text, kStatusAt)), .body = body};
}

}  // namespace orderpush::bench
