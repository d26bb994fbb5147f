#pragma once

#include "base/result.hpp"
#include "usecases/access/realtime_service.hpp"

#include <span>
#include <string>

namespace orderpush::http {

/// kNotFound "docs_missing": the service has no pages, or none of this name.
Error pages_missing();
/// kNotFound "not_found", of a file of the pages.
Error file_missing();

/// The Content-Security-Policy of the pages: scripts and styles are files from here, and they
/// connect to here and to the providers of `endpoints`.
std::string page_policy(std::span<const usecases::RealtimeEndpoint> endpoints);

}  // namespace orderpush::http
