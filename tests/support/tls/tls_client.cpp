#include "tests/support/tls/tls_client.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <csignal>
#include <stdexcept>

namespace orderpush::test {

struct TlsClient::Parts {
    SSL_CTX* context = nullptr;
    SSL* ssl = nullptr;
    bool has_ended = false;
};

TlsClient::TlsClient(int socket, const TlsClientOptions& options)
    : parts_(std::make_unique<Parts>()) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that may be closed
    parts_->context = SSL_CTX_new(TLS_client_method());
    parts_->ssl = SSL_new(parts_->context);
    if (parts_->ssl == nullptr) {
        throw std::runtime_error("no TLS client can be made");
    }
    if (options.is_tls12_only) {
        SSL_set_max_proto_version(parts_->ssl, TLS1_2_VERSION);
    }
    if (options.is_tls11_only) {
        SSL_set_security_level(parts_->ssl, 0);
        SSL_set_min_proto_version(parts_->ssl, TLS1_1_VERSION);
        SSL_set_max_proto_version(parts_->ssl, TLS1_1_VERSION);
    }
    if (!options.ciphers.empty() &&
        SSL_set_cipher_list(parts_->ssl, options.ciphers.c_str()) != 1) {
        throw std::runtime_error("no such TLS suites: " + options.ciphers);
    }
    if (!options.alpn.empty()) {
        const std::string offer = static_cast<char>(options.alpn.size()) + options.alpn;
        const auto* bytes = reinterpret_cast<const unsigned char*>(offer.data());
        SSL_set_alpn_protos(parts_->ssl, bytes, static_cast<unsigned>(offer.size()));
    }
    SSL_set_fd(parts_->ssl, socket);
}

TlsClient::~TlsClient() {
    SSL_free(parts_->ssl);
    SSL_CTX_free(parts_->context);
}

bool TlsClient::handshake() {
    return SSL_connect(parts_->ssl) == 1;
}

bool TlsClient::send(std::string_view bytes) {
    return SSL_write(parts_->ssl, bytes.data(), static_cast<int>(bytes.size())) > 0;
}

std::size_t TlsClient::receive(std::span<char> into) {
    const int count = SSL_read(parts_->ssl, into.data(), static_cast<int>(into.size()));
    if (count > 0) {
        return static_cast<std::size_t>(count);
    }
    parts_->has_ended = SSL_get_error(parts_->ssl, count) == SSL_ERROR_ZERO_RETURN;
    return 0;
}

bool TlsClient::was_told_the_end() const {
    return parts_->has_ended;
}

std::string TlsClient::certificate() const {
    X509* const certificate = SSL_get1_peer_certificate(parts_->ssl);
    BIO* const memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, certificate);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory, &bytes);
    std::string text{bytes, static_cast<std::size_t>(size)};
    BIO_free(memory);
    X509_free(certificate);
    return text;
}

std::string TlsClient::alpn() const {
    const unsigned char* bytes = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(parts_->ssl, &bytes, &size);
    return {reinterpret_cast<const char*>(bytes), size};
}

std::string TlsClient::version() const {
    return SSL_get_version(parts_->ssl);
}

}  // namespace orderpush::test
