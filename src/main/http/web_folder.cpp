#include "main/http/web_folder.hpp"

#include "base/observability/log.hpp"

#include <filesystem>
#include <system_error>

namespace orderpush {
namespace {

namespace fs = std::filesystem;

/// Beside the binary in a build folder, and where an installation has it.
fs::path usual_folder() {
    std::error_code failure;
    const fs::path folder = fs::read_symlink("/proc/self/exe", failure).parent_path();
    const fs::path beside = folder / "web";
    return fs::is_directory(beside, failure) ? beside
                                             : folder.parent_path() / "share/orderpush/web";
}

}  // namespace

http::StaticFiles load_web_folder(const std::string& setting) {
    const fs::path folder = setting.empty() ? usual_folder() : fs::path{setting};
    auto files = http::StaticFiles::load(folder);
    if (files) {
        return std::move(*files);
    }
    log::warn(
        files.error().code,
        {{"folder", folder.string()}, {"setting", "WEB_DIR"}, {"detail", files.error().detail}}
    );
    return {};
}

}  // namespace orderpush
