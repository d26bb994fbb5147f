#include "base/crypto/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <climits>
#include <sys/socket.h>
#include <utility>

namespace orderpush {
namespace {

/// A handshake with a long chain, or some records. A peer that makes us answer (key updates) and
/// does not read is cut off there.
constexpr std::size_t kPendingBytesMax = 128 * 1024;

/// The socket, and what it did not take yet.
struct Wire {
    int socket = -1;
    std::string pending;

    /// As far as the socket takes it; false if it is broken.
    bool flush() {
        while (!pending.empty()) {
            const ssize_t count =
                ::send(socket, pending.data(), pending.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count < 0 && errno == EAGAIN) {
                return true;
            }
            if (count < 0 && errno != EINTR) {
                return false;
            }
            pending.erase(0, count < 0 ? 0 : static_cast<std::size_t>(count));
        }
        pending = {};  // gives the memory back
        return true;
    }
    bool put(std::string_view bytes) {
        if (pending.size() + bytes.size() > kPendingBytesMax) {
            return false;
        }
        pending += bytes;
        return flush();
    }
};

Wire& wire_of(BIO* bio) {
    return *static_cast<Wire*>(BIO_get_data(bio));
}

int write_wire(BIO* bio, const char* bytes, int count) {
    BIO_clear_retry_flags(bio);
    return wire_of(bio).put({bytes, static_cast<std::size_t>(count)}) ? count : -1;
}

int read_wire(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t count =
        ::recv(wire_of(bio).socket, into, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        BIO_set_retry_read(bio);
    }
    return static_cast<int>(count);
}

long control_wire(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// Made once, for the process.
const BIO_METHOD* wire_method() {
    static const BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
        BIO_meth_set_write(made, write_wire);
        BIO_meth_set_read(made, read_wire);
        BIO_meth_set_ctrl(made, control_wire);
        return made;
    }();
    return method;
}

/// RFC 7301: a client that names protocols and not ours is refused.
int select_protocol(
    SSL* /*ssl*/,
    const unsigned char** chosen,
    unsigned char* chosen_size,
    const unsigned char* offered,
    unsigned offered_size,
    void* /*argument*/
) {
    static constexpr std::string_view kHttp = "http/1.1";
    for (std::size_t at = 0; at < offered_size;) {
        const std::size_t size = offered[at];
        const unsigned char* name = offered + at + 1;
        if (at + 1 + size <= offered_size &&
            std::equal(name, name + size, kHttp.begin(), kHttp.end())) {
            *chosen = name;
            *chosen_size = static_cast<unsigned char>(size);
            return SSL_TLSEXT_ERR_OK;
        }
        at += 1 + size;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// Of TLS 1.2: only what has forward secrecy and is authenticated encryption (RFC 9325, section
/// 4.2). Those of TLS 1.3 all are.
constexpr const char* kTls12Suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/// Instead of asking at the terminal.
int refuse_password(char* /*into*/, int /*size*/, int /*is_writing*/, void* /*argument*/) {
    return -1;
}

/// What OpenSSL says last, and forgets.
std::string last_fault() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_peek_error(), text.data(), text.size());
    ERR_clear_error();
    return text.data();
}

/// `part`: of TlsFiles.
Error file_error(const char* part, const std::string& file, std::string_view what) {
    std::string message = "TLS: " + file + ' ' + std::string{what};
    return {
        .kind = ErrorKind::kInvalid,
        .code = "tls_files_invalid",
        .message = message,
        .detail = last_fault(),
        .field_errors = {{part, message}}};
}

Error key_error(const std::string& file) {
    const bool is_another = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    return file_error(
        "private_key",
        file,
        is_another ? "cannot be read as the certificate's key: it is another one's"
                   : "cannot be read as the certificate's PEM key without a password"
    );
}

TlsNeed need_of(SSL* ssl, int result) {
    const int error = SSL_get_error(ssl, result);
    ERR_clear_error();
    return error == SSL_ERROR_WANT_READ ? TlsNeed::kReadable : TlsNeed::kEnd;
}

template <auto Free>
struct Freeing {
    template <class T>
    void operator()(T* it) const {
        Free(it);
    }
};

}  // namespace

struct TlsSession::Parts {
    Wire wire;
    std::unique_ptr<SSL, Freeing<SSL_free>> ssl;
};

TlsSession::TlsSession(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

TlsSession::~TlsSession() = default;

TlsNeed TlsSession::handshake() {
    ERR_clear_error();
    const int result = SSL_accept(parts_->ssl.get());
    return result == 1 ? TlsNeed::kNothing : need_of(parts_->ssl.get(), result);
}

TlsSession::Read TlsSession::read(std::span<char> into) {
    if (into.empty()) {
        return {};
    }
    ERR_clear_error();
    const int size = static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX));
    const int count = SSL_read(parts_->ssl.get(), into.data(), size);
    if (count > 0) {
        return {.count = static_cast<std::size_t>(count)};
    }
    return {.need = need_of(parts_->ssl.get(), count)};
}

bool TlsSession::has_unread() const {
    return SSL_pending(parts_->ssl.get()) > 0;
}

bool TlsSession::write(std::string_view bytes) {
    assert(!has_pending() && bytes.size() <= kTlsWriteBytesMax);
    if (bytes.empty()) {
        return true;
    }
    ERR_clear_error();
    // The wire takes all or fails: there is no half-written record to come back for.
    const int count = SSL_write(parts_->ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
    ERR_clear_error();
    return count == static_cast<int>(bytes.size());
}

bool TlsSession::has_pending() const noexcept {
    return !parts_->wire.pending.empty();
}

bool TlsSession::flush() {
    return parts_->wire.flush();
}

void TlsSession::end() {
    if (SSL_is_init_finished(parts_->ssl.get()) == 0) {
        return;
    }
    ERR_clear_error();
    SSL_shutdown(parts_->ssl.get());
    ERR_clear_error();  // a peer that is gone needs no close_notify
}

struct TlsCredentials::Context {
    std::unique_ptr<SSL_CTX, Freeing<SSL_CTX_free>> ssl;
};

TlsCredentials::TlsCredentials(std::unique_ptr<Context> context) : context_(std::move(context)) {
    const X509* certificate = SSL_CTX_get0_certificate(context_->ssl.get());
    const ASN1_TIME* const end = X509_get0_notAfter(certificate);
    is_out_of_date_ = X509_cmp_current_time(end) <= 0 ||
                      X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0;
    const std::unique_ptr<BIO, Freeing<BIO_free_all>> text{BIO_new(BIO_s_mem())};
    ASN1_TIME_print(text.get(), end);
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &bytes);  // NOLINT: a macro with a cast
    ends_at_.assign(bytes, static_cast<std::size_t>(size));
}

TlsCredentials::~TlsCredentials() = default;

Result<std::shared_ptr<const TlsCredentials>> TlsCredentials::load(const TlsFiles& files) {
    auto context = std::make_unique<Context>();
    context->ssl.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const ssl = context->ssl.get();
    if (ssl == nullptr || SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(ssl, kTls12Suites) != 1) {
        return Error{
            .kind = ErrorKind::kInternal,
            .code = "tls_unavailable",
            .message = "TLS cannot be set up",
            .detail = last_fault()};
    }
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // An idle connection keeps no record buffers; resumption needs no memory of ours (tickets).
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(ssl, select_protocol, nullptr);
    SSL_CTX_set_default_passwd_cb(ssl, refuse_password);
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(ssl, files.certificate.c_str()) != 1) {
        return file_error("certificate", files.certificate, "cannot be read as a PEM certificate");
    }
    if (SSL_CTX_use_PrivateKey_file(ssl, files.private_key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return key_error(files.private_key);
    }
    if (SSL_CTX_check_private_key(ssl) != 1) {
        return key_error(files.private_key);
    }
    return std::shared_ptr<const TlsCredentials>{new TlsCredentials{std::move(context)}};
}

std::unique_ptr<TlsSession> TlsCredentials::accept(int socket) const {
    auto parts = std::make_unique<TlsSession::Parts>();
    parts->wire.socket = socket;
    parts->ssl.reset(SSL_new(context_->ssl.get()));
    BIO* const bio = parts->ssl ? BIO_new(wire_method()) : nullptr;
    if (bio == nullptr) {
        ERR_clear_error();
        return nullptr;
    }
    BIO_set_data(bio, &parts->wire);
    BIO_set_init(bio, 1);
    SSL_set_bio(parts->ssl.get(), bio, bio);  // which owns it now
    return std::unique_ptr<TlsSession>{new TlsSession{std::move(parts)}};
}

}  // namespace orderpush
