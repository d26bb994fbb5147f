#pragma once

#include "base/crypto/tls.hpp"
#include "realtime/event_loop/unique_fd.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <type_traits>
#include <utility>

namespace orderpush::http_server {

/// A socket of the server, plain or with TLS, as Asio and Beast read and write it (AsyncReadStream,
/// AsyncWriteStream). One read and one write at a time, on the socket's thread. The plain way costs
/// what the socket itself costs.
class TlsStream {
  public:
    using Socket = boost::asio::ip::tcp::socket;
    using executor_type = Socket::executor_type;

    explicit TlsStream(Socket socket) : socket_(std::move(socket)) {}

    executor_type get_executor() { return socket_.get_executor(); }
    Socket& socket() noexcept { return socket_; }
    /// Speaks TLS from now on. False if memory is short.
    bool secure(const TlsCredentials& credentials) {
        tls_ = credentials.accept(socket_.native_handle());
        return tls_ != nullptr;
    }

    bool is_secure() const noexcept { return tls_ != nullptr; }
    /// Whether what the socket has for us begins as plain HTTP does. A TLS record begins with its
    /// type, which is no letter (RFC 8446, section 5.1). Takes nothing off the socket.
    bool begins_with_letter() {
        char first = 0;
        const ssize_t count = ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
        return count == 1 && ((first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z'));
    }

    /// Requires secure(). `handler(error_code)`.
    template <class Handler>
    auto async_handshake(Handler&& handler) {
        return boost::asio::async_compose<Handler, void(Code)>(Handshake{*this}, handler, socket_);
    }
    template <class Buffers, class Handler>
    auto async_read_some(const Buffers& buffers, Handler&& handler) {
        return boost::asio::async_initiate<Handler, void(Code, std::size_t)>(
            [this](auto&& done, const Buffers& into) {
                if (!tls_) {
                    socket_.async_read_some(into, std::forward<decltype(done)>(done));
                    return;
                }
                const boost::asio::mutable_buffer first =
                    first_of<boost::asio::mutable_buffer>(into);
                boost::asio::async_compose<std::decay_t<decltype(done)>, void(Code, std::size_t)>(
                    Reading{*this, {static_cast<char*>(first.data()), first.size()}}, done, socket_
                );
            },
            handler,
            buffers
        );
    }
    template <class Buffers, class Handler>
    auto async_write_some(const Buffers& buffers, Handler&& handler) {
        return boost::asio::async_initiate<Handler, void(Code, std::size_t)>(
            [this](auto&& done, const Buffers& from) {
                if (!tls_) {
                    socket_.async_write_some(from, std::forward<decltype(done)>(done));
                    return;
                }
                const boost::asio::const_buffer first = first_of<boost::asio::const_buffer>(from);
                const std::string_view bytes{static_cast<const char*>(first.data()), first.size()};
                boost::asio::async_compose<std::decay_t<decltype(done)>, void(Code, std::size_t)>(
                    Writing{*this, bytes.substr(0, kTlsWriteBytesMax)}, done, socket_
                );
            },
            handler,
            buffers
        );
    }

    /// How much of it a plain socket takes at once; none of it with TLS.
    std::size_t write_now(std::string_view bytes) {
        if (tls_) {
            return 0;
        }
        const ssize_t taken = ::send(
            socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT
        );
        return taken < 0 ? 0 : static_cast<std::size_t>(taken);  // why not, async_write() says
    }

    /// Calls `handler(error_code)` when a read would give something.
    template <class Handler>
    void async_wait_readable(Handler&& handler) {
        if (tls_ && tls_->has_unread()) {
            boost::asio::post(
                socket_.get_executor(),
                [done = std::forward<Handler>(handler)]() mutable { done(Code{}); }
            );
        } else {
            socket_.async_wait(Socket::wait_read, std::forward<Handler>(handler));
        }
    }

    /// Bytes read without waiting, 0 at the end; nothing: there are none now.
    std::optional<std::size_t> read_now(std::span<char> buffer) {
        if (tls_) {
            const auto got = tls_->read(buffer);
            return got.need == TlsNeed::kReadable ? std::nullopt : std::optional{got.count};
        }
        const ssize_t count =
            ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
            return std::nullopt;
        }
        return count < 0 ? 0 : static_cast<std::size_t>(count);
    }

    /// What is under way ends with operation_aborted.
    void cancel() {
        Code ignored;  // a socket that is closed already has nothing to cancel
        socket_.cancel(ignored);
    }
    /// Nothing follows from our side. False if the peer is gone already.
    bool shut_down_sending() {
        end_tls();
        Code error;
        socket_.shutdown(Socket::shutdown_send, error);
        return !error;
    }
    void close() {
        end_tls();
        Code ignored;  // nothing is left to be done about a failing close
        socket_.close(ignored);
    }
    /// The socket, and its TLS session if it has one, become the caller's; -1 if that fails.
    std::pair<realtime::UniqueFd, std::unique_ptr<TlsSession>> release() {
        Code error;
        realtime::UniqueFd socket{socket_.release(error)};
        return {std::move(socket), std::exchange(tls_, nullptr)};
    }

  private:
    /// The first that is not empty: asio leaves those of a pair that it has written in front.
    template <class Buffer, class Buffers>
    static Buffer first_of(const Buffers& buffers) {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto each = boost::asio::buffer_sequence_begin(buffers); each != end; ++each) {
            if (const Buffer buffer{*each}; buffer.size() > 0) {
                return buffer;
            }
        }
        return {};
    }

    using Code = boost::system::error_code;

    /// Each step first waits, so that none completes before its initiation returned.
    struct Handshake {
        TlsStream& stream;
        bool is_started = false;

        template <class Self>
        void operator()(Self& self, Code error = {}) {
            TlsSession& tls = *stream.tls_;
            if (error) {
                self.complete(error);
                return;
            }
            TlsNeed need = TlsNeed::kReadable;
            if (std::exchange(is_started, true)) {
                need = tls.flush() ? TlsNeed::kNothing : TlsNeed::kEnd;
                if (need == TlsNeed::kNothing && !tls.has_pending()) {
                    need = tls.handshake();
                }
            }
            if (need == TlsNeed::kEnd) {
                self.complete(boost::asio::error::connection_reset);
            } else if (tls.has_pending()) {
                stream.socket_.async_wait(Socket::wait_write, std::move(self));
            } else if (need == TlsNeed::kReadable) {
                stream.socket_.async_wait(Socket::wait_read, std::move(self));
            } else {
                self.complete({});
            }
        }
    };

    struct Reading {
        TlsStream& stream;
        std::span<char> into;
        bool is_started = false;

        template <class Self>
        void operator()(Self& self, Code error = {}) {
            if (error) {
                self.complete(error, 0);
                return;
            }
            if (!std::exchange(is_started, true)) {
                stream.async_wait_readable(std::move(self));
                return;
            }
            const auto got = stream.tls_->read(into);
            if (got.need == TlsNeed::kReadable) {
                stream.socket_.async_wait(Socket::wait_read, std::move(self));
            } else if (got.need == TlsNeed::kEnd) {
                self.complete(boost::asio::error::eof, 0);
            } else {
                self.complete({}, got.count);
            }
        }
    };

    struct Writing {
        TlsStream& stream;
        std::string_view bytes;
        bool is_started = false;
        bool is_written = false;

        template <class Self>
        void operator()(Self& self, Code error = {}) {
            if (!error && std::exchange(is_started, true)) {
                TlsSession& tls = *stream.tls_;
                bool is_whole = tls.flush();
                if (is_whole && !tls.has_pending() && !std::exchange(is_written, true)) {
                    is_whole = tls.write(bytes);
                }
                if (!is_whole) {
                    error = boost::asio::error::connection_reset;
                } else if (is_written && !tls.has_pending()) {
                    self.complete({}, bytes.size());
                    return;
                }
            }
            if (error) {
                self.complete(error, 0);
                return;
            }
            stream.socket_.async_wait(Socket::wait_write, std::move(self));
        }
    };

    void end_tls() {
        if (tls_) {
            tls_->end();
        }
    }

    Socket socket_;
    std::unique_ptr<TlsSession> tls_;
};

}  // namespace orderpush::http_server
