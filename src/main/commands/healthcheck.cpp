#include "main/commands/healthcheck.hpp"

#include "main/commands/commands.hpp"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

namespace orderpush {
namespace {

/// For connecting, for sending and for each read: together less than what Docker waits.
constexpr std::chrono::seconds kStepTimeout{1};

/// "http://127.0.0.1:8080" and "/live".
struct Url {
    std::string origin;
    std::string path;
};

std::optional<Url> split(const std::string& url) {
    const auto scheme_end = url.find("://");
    if (!url.starts_with("http://") && !url.starts_with("https://")) {
        return std::nullopt;
    }
    const auto path = std::min(url.find('/', scheme_end + 3), url.size());
    if (path == scheme_end + 3) {
        return std::nullopt;
    }
    return Url{
        .origin = url.substr(0, path), .path = path == url.size() ? "/live" : url.substr(path)};
}

bool is_this_machine(std::string_view origin) {
    const std::string_view host = origin.substr(origin.find("://") + 3);
    return host.starts_with("127.") || host.starts_with("[::1]") || host.starts_with("localhost");
}

int fail(const std::string& url, const std::string& why) {
    complain("healthcheck: " + url + ": " + why);
    return kExitFailed;
}

}  // namespace

std::string live_url(const Settings& settings) {
    const std::string& bound = settings.bind_address;
    const bool is_any = bound == "0.0.0.0" || bound == "::";
    const bool is_v6 = !is_any && bound.find(':') != std::string::npos;
    const std::string host = is_any ? "127.0.0.1" : (is_v6 ? "[" + bound + "]" : bound);
    const char* const scheme = settings.tls_files.certificate.empty() ? "http://" : "https://";
    return scheme + host + ":" + std::to_string(settings.port) + "/live";
}

int run_healthcheck(const std::string& url) {
    const auto parts = split(url);
    if (!parts) {
        return fail(url, "is no URL of http or https");
    }
    httplib::Client client{parts->origin};
    client.enable_server_certificate_verification(!is_this_machine(parts->origin));
    client.set_connection_timeout(kStepTimeout);
    client.set_read_timeout(kStepTimeout);
    client.set_write_timeout(kStepTimeout);
    const auto response = client.Get(parts->path);
    if (!response) {
        return fail(url, "no answer: " + httplib::to_string(response.error()));
    }
    if (response->status != 200) {
        return fail(url, "answered " + std::to_string(response->status));
    }
    return kExitOk;
}

}  // namespace orderpush
