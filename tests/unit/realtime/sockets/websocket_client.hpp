#pragma once

#include "realtime/event_loop/unique_fd.hpp"
#include "tests/support/tls/tls_client.hpp"
#include "tests/unit/realtime/wire/client_frames.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>

namespace orderpush::realtime::test {

/// A blocking client on one end of a socket pair. Every read gives up after ten seconds.
class WebSocketClient {
  public:
    explicit WebSocketClient(
        UniqueFd socket, std::unique_ptr<orderpush::test::TlsClient> tls = nullptr
    )
        : socket_(std::move(socket)), tls_(std::move(tls)) {
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }

    void send_bytes(std::string_view bytes) const {
        if (tls_) {
            tls_->send(bytes);
        } else {
            ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        }
    }
    void send_text(std::string_view text) const { send_bytes(client_text(text)); }

    /// Says that nothing more will come: half-closes.
    void end_sending() const { ::shutdown(socket_.get(), SHUT_WR); }

    /// The 101 answer's head; empty if the connection ended.
    std::string read_handshake() {
        while (buffer_.find("\r\n\r\n") == std::string::npos && fill()) {
        }
        const auto end = buffer_.find("\r\n\r\n");
        const std::string head = buffer_.substr(0, end);
        buffer_.erase(0, end == std::string::npos ? end : end + 4);
        return head;
    }

    /// The next frame's opcode; -1 at the end of the connection. Its payload is in payload().
    int next() {
        while (buffer_.size() < 2 || buffer_.size() < 2 + length_bytes() ||
               buffer_.size() < frame_size()) {
            if (!fill()) {
                return -1;
            }
        }
        const std::size_t size = frame_size();
        const int opcode = buffer_[0] & 0x0F;
        is_compressed_ = (buffer_[0] & 0x40) != 0;
        payload_ = buffer_.substr(2 + length_bytes(), size - 2 - length_bytes());
        buffer_.erase(0, size);
        return opcode;
    }
    /// The next message; null at the end of the connection or for a frame that is not text.
    nlohmann::json next_message() {
        return next() == 1 ? nlohmann::json::parse(payload_) : nlohmann::json{};
    }
    /// Skips messages until a close frame; its code, or -1 at the end of the connection.
    int next_close_code() {
        int opcode = next();
        while (opcode != 8 && opcode != -1) {
            opcode = next();
        }
        return opcode == 8 ? static_cast<unsigned char>(payload_[0]) * 256 +
                                 static_cast<unsigned char>(payload_[1])
                           : -1;
    }
    bool is_at_end() { return next() == -1; }

    /// Whether the frame that next() read has the bit of permessage-deflate.
    bool is_compressed() const { return is_compressed_; }
    const std::string& payload() const { return payload_; }
    int fd() const { return socket_.get(); }

  private:
    std::size_t byte_at(std::size_t index) const {
        return static_cast<unsigned char>(buffer_[index]);
    }
    std::size_t length_bytes() const {
        if (byte_at(1) == 126) {
            return 2;
        }
        return byte_at(1) == 127 ? 8 : 0;
    }
    std::size_t frame_size() const {
        std::size_t size = length_bytes() == 0 ? byte_at(1) : 0;
        for (std::size_t i = 0; i < length_bytes(); ++i) {
            size = size * 256 + byte_at(2 + i);
        }
        return 2 + length_bytes() + size;
    }
    bool fill() {
        char bytes[16 * 1024];  // NOLINT: recv() fills what is used
        const ssize_t count = tls_ ? static_cast<ssize_t>(tls_->receive(bytes))
                                   : ::recv(socket_.get(), bytes, sizeof bytes, 0);
        if (count <= 0) {
            return false;
        }
        buffer_.append(bytes, static_cast<std::size_t>(count));
        return true;
    }

    UniqueFd socket_;
    std::unique_ptr<orderpush::test::TlsClient> tls_;
    std::string buffer_;
    std::string payload_;
    bool is_compressed_ = false;
};

}  // namespace orderpush::realtime::test
