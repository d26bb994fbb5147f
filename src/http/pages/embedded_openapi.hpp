#pragma once

namespace orderpush::http {

/// docs/openapi/openapi.json, as it was when the binary was built.
const char* embedded_openapi();

}  // namespace orderpush::http
