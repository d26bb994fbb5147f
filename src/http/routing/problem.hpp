#pragma once

#include "base/result.hpp"
#include "http/routing/message.hpp"

#include <string_view>

namespace orderpush::http {

/// The one table from error to status.
int status_of(ErrorKind code) noexcept;

/// The error as a problem document (RFC 9457): type, title, status, detail (the message), code,
/// requestId, `errors` for faults, extensions as further members. Never Error::detail.
Answer problem(const Error& error, std::string_view request_id);
/// The same with a status that no ErrorKind stands for, such as 405 and 415.
Answer problem(int status, const Error& error, std::string_view request_id);
/// For a request that could not even be parsed, by the status that says why.
Answer protocol_problem(int status, std::string_view request_id);

}  // namespace orderpush::http
