#pragma once

#include "http/pages/static_files.hpp"

#include <string>

namespace orderpush {

/// The pages of `setting` (WEB_DIR); if that is empty, of `web` beside the binary, else of
/// share/orderpush/web beside the binary's folder. None, and a line in the log, if there are none
/// that can be used: the service does its work without.
http::StaticFiles load_web_folder(const std::string& setting);

}  // namespace orderpush
