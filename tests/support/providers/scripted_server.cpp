#include "tests/support/providers/scripted_server.hpp"

#include "base/text.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <cstdint>
#include <exception>
#include <future>
#include <set>
#include <thread>

namespace orderpush::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::use_awaitable;
using asio::ip::tcp;
using Manner = ScriptedAnswer::Manner;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr std::chrono::milliseconds kBetweenBytes{5};

using Sockets = std::set<tcp::socket*>;

/// A socket among those that leave() closes.
class Registration {
  public:
    Registration(Sockets& sockets, tcp::socket& socket) : sockets_(sockets), socket_(socket) {
        sockets_.insert(&socket_);
    }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() { sockets_.erase(&socket_); }

  private:
    Sockets& sockets_;
    tcp::socket& socket_;
};

ScriptedRequest request_of(const http::request<http::string_body>& message) {
    ScriptedRequest request{
        .method = message.method_string(),
        .target = message.target(),
        .headers = {},
        .body = message.body()};
    for (const auto& field : message) {
        request.headers[in_lower_case(field.name_string())] = std::string{field.value()};
    }
    return request;
}

/// The bytes of an answer; more body is announced than there is where the manner is to break off.
std::string bytes_of(const ScriptedAnswer& answer) {
    if (answer.manner == Manner::kGarbage) {
        return "this is no HTTP\r\n\r\n";
    }
    const bool is_whole = answer.manner == Manner::kProper;
    std::string bytes = "HTTP/1.1 " + std::to_string(answer.status) + " Scripted\r\n";
    for (const auto& [name, value] : answer.headers) {
        bytes += name + ": " + value + "\r\n";
    }
    bytes += "Content-Length: " + std::to_string(answer.body.size() + (is_whole ? 0U : 1'000U));
    return bytes + "\r\n\r\n" + answer.body;
}

template <class Stream>
asio::awaitable<void> trickle(Stream& stream) {
    asio::steady_timer timer{stream.get_executor()};
    for (;;) {
        timer.expires_after(kBetweenBytes);
        co_await timer.async_wait(use_awaitable);
        co_await asio::async_write(stream, asio::buffer(" ", 1), use_awaitable);
    }
}

template <class Stream>
asio::awaitable<void> serve(Stream& stream, const Script& script) {
    boost::beast::flat_buffer buffer;
    for (;;) {
        http::request<http::string_body> message;
        co_await http::async_read(stream, buffer, message, use_awaitable);
        const ScriptedAnswer answer = script(request_of(message));
        if (answer.manner == Manner::kCut) {
            co_return;
        }
        if (answer.manner == Manner::kHang) {
            // Until the other side gives up.
            co_await http::async_read(stream, buffer, message, use_awaitable);
            co_return;
        }
        const std::string bytes = bytes_of(answer);
        co_await asio::async_write(stream, asio::buffer(bytes), use_awaitable);
        if (answer.manner == Manner::kTrickle) {
            co_await trickle(stream);
        }
        if (answer.manner != Manner::kProper) {
            co_return;
        }
    }
}

}  // namespace

std::string ScriptedRequest::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
}

class ScriptedServer::Impl {
  public:
    Impl(Script script, const std::optional<TestCertificate>& certificate)
        : script_(std::move(script)), is_tls_(certificate.has_value()) {
        if (certificate) {
            tls_.use_certificate_chain(asio::buffer(certificate->certificate));
            tls_.use_private_key(asio::buffer(certificate->key), asio::ssl::context::pem);
        }
        asio::co_spawn(context_, accept(), asio::detached);
        thread_ = std::jthread{[this] { context_.run(); }};
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        context_.stop();
        thread_.join();
    }

    std::string origin() const {
        return (is_tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_);
    }
    std::size_t connection_count() const { return connections_; }
    void leave() {
        std::promise<void> left;
        asio::post(context_, [&] {
            acceptor_.close();
            for (tcp::socket* const socket : open_) {
                socket->close();
            }
            left.set_value();
        });
        left.get_future().get();
    }

  private:
    asio::awaitable<void> accept() {
        for (;;) {
            tcp::socket socket = co_await acceptor_.async_accept(use_awaitable);
            ++connections_;
            asio::co_spawn(context_, converse(std::move(socket)), asio::detached);
        }
    }

    asio::awaitable<void> converse(tcp::socket socket) {
        try {
            if (is_tls_) {
                TlsStream stream{std::move(socket), tls_};
                const Registration registration{open_, stream.next_layer()};
                co_await stream.async_handshake(TlsStream::server, use_awaitable);
                co_await serve(stream, script_);
            } else {
                const Registration registration{open_, socket};
                co_await serve(socket, script_);
            }
        } catch (const std::exception&) {
            // The other side left, which ends the conversation.
        }
    }

    const Script script_;
    const bool is_tls_;
    /// Only the thread. Before the context, whose end ends the conversations.
    Sockets open_;
    asio::io_context context_{1};
    asio::ssl::context tls_{asio::ssl::context::tls_server};
    tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
    const std::uint16_t port_{acceptor_.local_endpoint().port()};
    std::atomic<std::size_t> connections_{0};
    std::jthread thread_;
};

ScriptedServer::ScriptedServer(Script script, const std::optional<TestCertificate>& certificate)
    : impl_(std::make_unique<Impl>(std::move(script), certificate)) {}

ScriptedServer::~ScriptedServer() = default;

std::string ScriptedServer::origin() const {
    return impl_->origin();
}

std::size_t ScriptedServer::connection_count() const {
    return impl_->connection_count();
}

void ScriptedServer::leave() {
    impl_->leave();
}

}  // namespace orderpush::test
