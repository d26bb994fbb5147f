#pragma once

#include "base/crypto/tls.hpp"
#include "base/result.hpp"
#include "http_server/http_server.hpp"

namespace orderpush {

/// Has the server speak TLS with what stands in the files now; without files it speaks none. What
/// cannot be used is refused and changes nothing; a certificate that is out of date is used, and
/// logged as an error. Any thread.
Result<void> load_certificate(const TlsFiles& files, http_server::HttpServer& server);

/// The same for a server that runs: connections there are stay as they are, and what is refused is
/// logged. Any thread.
void reload_certificate(const TlsFiles& files, http_server::HttpServer& server);

}  // namespace orderpush
