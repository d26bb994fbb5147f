#include "main/http/server_certificate.hpp"

#include "base/observability/log.hpp"

#include <utility>

namespace orderpush {

Result<void> load_certificate(const TlsFiles& files, http_server::HttpServer& server) {
    if (files.certificate.empty()) {
        return {};
    }
    auto credentials = ORDERPUSH_TRY(TlsCredentials::load(files));
    const TlsCredentials& loaded = *credentials;
    log::info("certificate_loaded", {{"endsAt", loaded.ends_at()}});
    if (loaded.is_out_of_date()) {
        log::error("certificate_out_of_date", {{"endsAt", loaded.ends_at()}});
    }
    server.use_tls(std::move(credentials));
    return {};
}

void reload_certificate(const TlsFiles& files, http_server::HttpServer& server) {
    if (files.certificate.empty()) {
        log::info("nothing_to_reload");
        return;
    }
    if (const auto loaded = load_certificate(files, server); !loaded) {
        log::error(
            "certificate_kept",
            {{"reason", loaded.error().message}, {"detail", loaded.error().detail}}
        );
    }
}

}  // namespace orderpush
