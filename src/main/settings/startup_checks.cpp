#include "main/settings/startup_checks.hpp"

#include "base/crypto/tls.hpp"
#include "http/pages/static_files.hpp"
#include "realtime/event_loop/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <optional>
#include <string>
#include <sys/socket.h>

namespace orderpush {
namespace {

struct AddressFree {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, AddressFree>;

/// Null for what is no address of this kind of machine, such as a link-local one of an interface
/// that is not there.
Addresses resolve(const Settings& settings) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(settings.port);
    const int failed = getaddrinfo(settings.bind_address.c_str(), port.c_str(), &hints, &found);
    return Addresses{failed == 0 ? found : nullptr};
}

std::string last_error_text() {
    std::array<char, 128> text{};
    return strerror_r(errno, text.data(), text.size());
}

/// Binds for a moment, and does not listen.
std::optional<FieldError> bind_fault(const Settings& settings) {
    const Addresses addresses = resolve(settings);
    if (!addresses) {
        return FieldError{"BIND_ADDRESS", "is no address of this machine"};
    }
    const realtime::UniqueFd socket{
        ::socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)};
    if (socket.get() < 0) {
        return FieldError{"BIND_ADDRESS", "cannot be used here: " + last_error_text()};
    }
    const int yes = 1;
    setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(socket.get(), addresses->ai_addr, addresses->ai_addrlen) == 0 ||
        errno == EADDRINUSE) {
        return std::nullopt;
    }
    if (errno == EACCES) {
        return FieldError{"PORT", "may not be bound by this user: " + last_error_text()};
    }
    return FieldError{"BIND_ADDRESS", "cannot be bound: " + last_error_text()};
}

std::optional<FieldError> tls_fault(const TlsFiles& files) {
    if (files.certificate.empty()) {
        return std::nullopt;
    }
    const auto loaded = TlsCredentials::load(files);
    if (loaded) {
        return std::nullopt;
    }
    const auto& named = loaded.error().field_errors;
    const bool is_key = !named.empty() && named.front().field == "private_key";
    return FieldError{
        is_key ? "TLS_PRIVATE_KEY_FILE" : "TLS_CERTIFICATE_FILE", loaded.error().message};
}

}  // namespace

std::vector<FieldError> find_fatal_faults(const Settings& settings) {
    std::vector<FieldError> faults;
    if (auto fault = bind_fault(settings)) {
        faults.push_back(std::move(*fault));
    }
    if (auto fault = tls_fault(settings.tls_files)) {
        faults.push_back(std::move(*fault));
    }
    return faults;
}

std::vector<FieldError> find_tolerable_faults(const Settings& settings) {
    // An empty one looks where an installation has the pages, and may find none.
    if (settings.web_dir.empty()) {
        return {};
    }
    const auto files = http::StaticFiles::load(settings.web_dir);
    if (files) {
        return {};
    }
    const Error& error = files.error();
    return {{"WEB_DIR", error.message + " (" + error.detail + ")"}};
}

}  // namespace orderpush
