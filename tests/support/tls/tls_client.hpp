#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace orderpush::test {

struct TlsClientOptions {
    bool is_tls12_only = false;
    bool is_tls11_only = false;
    /// The suites of TLS 1.2 that it offers, as OpenSSL names them; empty: the usual ones.
    std::string ciphers = {};
    /// What it offers in ALPN; empty: nothing.
    std::string alpn = "http/1.1";
};

/// The client's side of TLS over a blocking socket that it does not own. Believes any certificate.
class TlsClient {
  public:
    explicit TlsClient(int socket, const TlsClientOptions& options = {});
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;
    ~TlsClient();

    /// Until it is done or refused.
    bool handshake();
    bool send(std::string_view bytes);
    /// Bytes received; 0 at the end, however it comes.
    std::size_t receive(std::span<char> into);
    /// Whether the last receive() ended because the peer said so.
    bool was_told_the_end() const;

    /// Of the peer, as PEM.
    std::string certificate() const;
    std::string alpn() const;
    std::string version() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace orderpush::test
