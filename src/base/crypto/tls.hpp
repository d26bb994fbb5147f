#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace orderpush {

/// What TlsSession::write() takes at most: the payload of one record (RFC 8446, section 5.1).
inline constexpr std::size_t kTlsWriteBytesMax = 16 * 1024;

/// What a step of a TLS session waits for.
enum class TlsNeed : std::uint8_t {
    kNothing,   ///< it is done
    kReadable,  ///< more bytes of the peer
    kEnd,       ///< nothing more: the peer ended the session, or broke it
};

/// The server's side of one TLS connection over a socket that it does not own, without ever
/// blocking. What the socket does not take is buffered, at most a few records; the owner calls
/// flush() when the socket is writable. Not synchronised.
class TlsSession {
  public:
    struct Read {
        std::size_t count = 0;
        TlsNeed need = TlsNeed::kNothing;
    };

    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;
    ~TlsSession();

    /// Again whenever the socket is readable, until it is done.
    TlsNeed handshake();
    /// Some of what the peer said.
    Read read(std::span<char> into);
    /// Whether read() has something without the socket being readable.
    bool has_unread() const;
    /// Encrypts all of `bytes` (at most kTlsWriteBytesMax) and gives it to the socket. Requires
    /// that nothing is pending. False if the connection is broken.
    [[nodiscard]] bool write(std::string_view bytes);
    /// Whether the socket has yet to take something.
    bool has_pending() const noexcept;
    /// Gives the socket what is pending. False if the connection is broken.
    [[nodiscard]] bool flush();
    /// Notifies the peer that nothing follows (close_notify), as far as the socket takes it.
    void end();

  private:
    friend class TlsCredentials;
    struct Parts;
    explicit TlsSession(std::unique_ptr<Parts> parts);

    const std::unique_ptr<Parts> parts_;
};

/// PEM files: the certificate with its chain, leaf first, and its private key without a password.
struct TlsFiles {
    std::string certificate;
    std::string private_key;
};

/// A certificate and how it is served: TLS 1.2 with forward secrecy and authenticated encryption
/// only, and TLS 1.3; ALPN "http/1.1". Immutable; any thread.
class TlsCredentials {
  public:
    /// kInvalid "tls_files_invalid", with a message that names the file; `field_errors` has it
    /// under "certificate" or "private_key".
    static Result<std::shared_ptr<const TlsCredentials>> load(const TlsFiles& files);
    TlsCredentials(const TlsCredentials&) = delete;
    TlsCredentials& operator=(const TlsCredentials&) = delete;
    ~TlsCredentials();

    /// A session over the socket, which outlives it. Sessions may outlive the credentials. Null if
    /// memory is short.
    std::unique_ptr<TlsSession> accept(int socket) const;
    /// When the certificate ends, as "Nov 21 13:04:07 2027 GMT".
    const std::string& ends_at() const noexcept { return ends_at_; }
    /// Whether it had ended, or had not begun, when it was loaded.
    bool is_out_of_date() const noexcept { return is_out_of_date_; }

  private:
    struct Context;
    explicit TlsCredentials(std::unique_ptr<Context> context);

    const std::unique_ptr<Context> context_;
    std::string ends_at_;
    bool is_out_of_date_ = false;
};

}  // namespace orderpush
