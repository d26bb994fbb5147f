#pragma once

#include "base/result.hpp"
#include "protocol/http_message.hpp"

#include <string_view>

namespace orderpush::protocol {

/// What an error is answered with: the status of its code in core/error_codes.hpp, else of its
/// kind.
int http_status_of(const Error& error) noexcept;

/// The error as a problem document (RFC 9457): type, title, status, code, detail (the message),
/// requestId, `errors` for field errors, extensions as further members. Never Error::detail.
HttpResponse make_problem(const Error& error, std::string_view request_id);

}  // namespace orderpush::protocol
