#include "main/settings/setting_readers.hpp"
#include "main/settings/settings.hpp"

#include <array>

namespace orderpush {
namespace {

constexpr bool kPlain = false;
constexpr std::size_t kMebibyte = 1024 * 1024;
constexpr std::size_t kConnectionsMost = 1'000'000;

Fault read_count(const std::string& value, std::size_t least, std::size_t most, std::size_t& into) {
    return read_integer(value, least, most, into);
}

Fault read_seconds(const std::string& value, int least, std::chrono::seconds& into) {
    int seconds = 0;
    auto fault = read_integer(value, least, 600, seconds);
    into = std::chrono::seconds{seconds};
    return fault;
}

constexpr std::array kTable{
    SettingRow{
        "HTTP_CONNECTIONS_MAX",
        "10000",
        kPlain,
        "HTTP connections at a time, idle ones included; further ones are closed unanswered.",
        [](Settings& s, const std::string& v) {
            return read_count(v, 1, kConnectionsMost, s.http_connections_max);
        }},
    SettingRow{
        "HTTP_CONNECTIONS_ADDRESS_MAX",
        "1000",
        kPlain,
        "The same of one address (IPv6: /64 network) that is neither a trusted proxy nor private "
        "or loopback. 0: no bound.",
        [](Settings& s, const std::string& v) {
            return read_count(v, 0, kConnectionsMost, s.http_connections_address_max);
        }},
    SettingRow{
        "SOCKET_CONNECTIONS_MAX",
        "10000",
        kPlain,
        "WebSocket connections at a time; beyond it close code 4100.",
        [](Settings& s, const std::string& v) {
            return read_count(v, 1, kConnectionsMost, s.socket_connections_max);
        }},
    SettingRow{
        "SOCKET_CONNECTIONS_ADDRESS_MAX",
        "1000",
        kPlain,
        "The same of one client address (IPv6: /64 network; see TRUSTED_PROXIES) that is not "
        "private or loopback; beyond it close code 4100. 0: no bound.",
        [](Settings& s, const std::string& v) {
            return read_count(v, 0, kConnectionsMost, s.socket_connections_address_max);
        }},
    SettingRow{
        "SOCKET_SUBSCRIPTIONS_ADDRESS_MAX",
        "20000",
        kPlain,
        "Subscriptions of all WebSocket connections of such an address together; beyond it "
        "pusher:error. 0: no bound.",
        [](Settings& s, const std::string& v) {
            return read_count(v, 0, kConnectionsMost, s.socket_address_limits.subscriptions_max);
        }},
    SettingRow{
        "SOCKET_MESSAGES_ADDRESS_PER_SECOND",
        "2000",
        kPlain,
        "What all WebSocket connections of such an address together may send, ten seconds' worth "
        "of it at once; more is dropped with pusher:error. 0: no bound.",
        [](Settings& s, const std::string& v) {
            return read_integer<std::uint32_t>(
                v, 0, 1'000'000, s.socket_address_limits.messages_per_second_max
            );
        }},
    SettingRow{
        "SOCKET_QUEUE_BYTES_MAX",
        "1048576",
        kPlain,
        "Bytes that may wait for one slow WebSocket client; beyond it close code 4100.",
        [](Settings& s, const std::string& v) {
            return read_count(v, 65'536, 256 * kMebibyte, s.socket_queue_bytes_max);
        }},
    SettingRow{
        "SOCKET_STALL_SECONDS",
        "30",
        kPlain,
        "A WebSocket client that takes nothing for so long while something waits for it is "
        "dropped.",
        [](Settings& s, const std::string& v) {
            return read_seconds(v, 1, s.socket_stall_timeout);
        }},
    SettingRow{
        "TLS_CERTIFICATE_FILE",
        "",
        kPlain,
        "PEM file of the certificate and its chain: the port then speaks https and wss only. "
        "SIGHUP reads it anew. Empty: the port is plain, behind a proxy that does TLS.",
        [](Settings& s, const std::string& v) -> Fault {
            s.tls_files.certificate = v;
            return std::nullopt;
        },
        SettingGroup::kUsual},
    SettingRow{
        "TLS_PRIVATE_KEY_FILE",
        "",
        kPlain,
        "PEM file of the certificate's private key, without a password.",
        [](Settings& s, const std::string& v) -> Fault {
            s.tls_files.private_key = v;
            return std::nullopt;
        },
        SettingGroup::kUsual},
    SettingRow{
        "HSTS_SECONDS",
        "31536000",
        kPlain,
        "With TLS: browsers that were here speak only https to this host name for so long, on "
        "every "
        "port of it (Strict-Transport-Security). 0: that is not asked of them. A proxy that does "
        "TLS sends this header itself.",
        [](Settings& s, const std::string& v) {
            constexpr int kTwoYears = 63'072'000;
            int seconds = 0;
            auto fault = read_integer(v, 0, kTwoYears, seconds);
            s.strict_transport_age = std::chrono::seconds{seconds};
            return fault;
        }},
    SettingRow{
        "SHUTDOWN_SECONDS",
        "10",
        kPlain,
        "How long a stop may take to finish requests and close connections.",
        [](Settings& s, const std::string& v) { return read_seconds(v, 1, s.shutdown_deadline); },
        SettingGroup::kUsual},
    SettingRow{
        "SHUTDOWN_NOTICE_SECONDS",
        "0",
        kPlain,
        "For so long of it /ready says 503 and everything else is served, so that a load balancer "
        "sends new clients elsewhere. 0: there is none.",
        [](Settings& s, const std::string& v) { return read_seconds(v, 0, s.shutdown_notice); },
        SettingGroup::kUsual},
    SettingRow{
        "SHUTDOWN_SPREAD_SECONDS",
        "0",
        kPlain,
        "Over so much of it the WebSockets are closed, because clients come back exactly a second "
        "later. With one instance 0 is best: who comes back before it does waits for 15 s more.",
        [](Settings& s, const std::string& v) { return read_seconds(v, 0, s.shutdown_spread); },
        SettingGroup::kUsual},
};

}  // namespace

std::span<const SettingRow> door_settings_table() {
    return kTable;
}

std::vector<FieldError> door_faults(const Settings& settings) {
    std::vector<FieldError> faults;
    const TlsFiles& files = settings.tls_files;
    if (files.certificate.empty() != files.private_key.empty()) {
        faults.push_back(
            {files.certificate.empty() ? "TLS_CERTIFICATE_FILE" : "TLS_PRIVATE_KEY_FILE",
             "is required with the other TLS file"}
        );
    }
    if (settings.shutdown_notice + settings.shutdown_spread >= settings.shutdown_deadline) {
        faults.push_back(
            {"SHUTDOWN_SECONDS",
             "must be more than SHUTDOWN_NOTICE_SECONDS and SHUTDOWN_SPREAD_SECONDS together"}
        );
    }
    return faults;
}

}  // namespace orderpush
