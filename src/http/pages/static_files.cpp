#include "http/pages/static_files.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <utility>

namespace orderpush::http {
namespace {

namespace fs = std::filesystem;

/// The kinds of files that pages consist of. Others are not sent.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kContentTypes{{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/vnd.microsoft.icon"},
    {".woff2", "font/woff2"},
    {".webmanifest", "application/manifest+json"},
}};

/// Swagger UI sets styles on elements and brings its icons as data URLs; nothing else comes from
/// anywhere but here, and no script stands in a page.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr std::string_view kCompressed = ".gz";

/// Longer ones are no pages of ours.
constexpr int kDepthMax = 8;

std::string_view content_type_of(const fs::path& file) {
    const std::string ending = file.extension().string();
    const auto* found = std::ranges::find(
        kContentTypes, std::string_view{ending}, &decltype(kContentTypes)::value_type::first
    );
    return found == kContentTypes.end() ? std::string_view{} : found->second;
}

Error unusable(std::string detail) {
    return {
        .kind = ErrorKind::kInvalid,
        .code = "web_folder_unusable",
        .message = "The folder of the pages cannot be used.",
        .detail = std::move(detail)};
}

bool is_inside(const fs::path& folder, const fs::path& file) {
    const auto [end_of_folder, at] =
        std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
    return end_of_folder == folder.end() && at != file.end();
}

/// Nothing if it cannot be read whole, or has more than `bytes_max`.
std::optional<std::string> read_file(const fs::path& path, std::size_t bytes_max) {
    const std::uintmax_t size = fs::file_size(path);
    std::ifstream file{path, std::ios::binary};
    if (!file || size > bytes_max) {
        return std::nullopt;
    }
    std::string bytes(static_cast<std::size_t>(size), '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(size));
    return file.gcount() == static_cast<std::streamsize>(size) ? std::optional{std::move(bytes)}
                                                               : std::nullopt;
}

/// Whether an entry of a list that commas part is as meant; entries come without blanks around.
template <class IsMeant>
bool any_entry(std::string_view list, IsMeant is_meant) {
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        const std::string_view entry = trimmed(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
        if (is_meant(entry)) {
            return true;
        }
    }
    return false;
}

bool names(std::string_view list, std::string_view etag) {
    return any_entry(list, [etag](std::string_view entry) {
        if (entry.starts_with("W/")) {  // compared weakly: a proxy may have compressed it
            entry.remove_prefix(2);
        }
        return entry == etag || entry == "*";
    });
}

/// Accept-Encoding, RFC 9110, section 12.5.3. Browsers name it; "*" is not taken for it.
bool takes_gzip(const Request& request) {
    return any_entry(request.header("Accept-Encoding"), [](std::string_view entry) {
        const auto end = std::min(entry.find(';'), entry.size());
        const std::string_view weight = trimmed(entry.substr(std::min(end + 1, entry.size())));
        const bool is_refused = weight.starts_with("q=0") &&
                                weight.find_first_not_of("0.", 2) == std::string_view::npos;
        return equal_ignoring_case(trimmed(entry.substr(0, end)), "gzip") && !is_refused;
    });
}

/// The strong tag of the compressed form differs: its bytes do.
std::string gzip_etag(const StaticFile& file) {
    return file.etag.substr(0, file.etag.size() - 1) + "-gzip\"";
}

}  // namespace

StaticFile make_static_file(std::string bytes, std::string_view content_type) {
    constexpr std::size_t kEtagDigits = 32;
    std::string etag = '"' + sha256_hex(bytes).substr(0, kEtagDigits) + '"';
    return {.bytes = std::move(bytes), .content_type = content_type, .etag = std::move(etag)};
}

Result<StaticFiles> StaticFiles::load(const fs::path& folder, std::size_t bytes_max) try {
    if (!fs::is_directory(folder)) {
        return Error{
            .kind = ErrorKind::kNotFound,
            .code = "web_folder_missing",
            .message = "There is no folder with pages.",
            .detail = folder.string()};
    }
    const fs::path root = fs::canonical(folder);
    StaticFiles found;
    decltype(found.files_) compressed;
    std::size_t bytes_left = bytes_max;
    for (auto entry = fs::recursive_directory_iterator{root};
         entry != fs::recursive_directory_iterator{};
         ++entry) {
        const fs::path& path = entry->path();
        const bool is_hidden = path.filename().string().starts_with('.');
        if (is_hidden || entry.depth() >= kDepthMax) {
            entry.disable_recursion_pending();
            continue;
        }
        if (!is_inside(root, fs::canonical(path))) {
            return unusable(path.string() + " leads out of the folder");
        }
        const bool is_compressed = path.extension() == kCompressed;
        const std::string_view content_type =
            content_type_of(is_compressed ? path.stem() : path.filename());
        if (!entry->is_regular_file() || content_type.empty()) {
            continue;
        }
        auto bytes = read_file(path, bytes_left);
        if (!bytes) {
            return unusable(path.string() + " cannot be read, or the folder is too large");
        }
        bytes_left -= bytes->size();
        auto& kind = is_compressed ? compressed : found.files_;
        kind.emplace(
            path.lexically_relative(root).generic_string(),
            make_static_file(std::move(*bytes), content_type)
        );
    }
    for (auto& [name, file] : compressed) {
        const auto whole = found.files_.find(name.substr(0, name.size() - kCompressed.size()));
        if (whole != found.files_.end()) {
            whole->second.gzip = std::move(file.bytes);
        }
    }
    return found;
} catch (const fs::filesystem_error& failure) {
    return unusable(failure.what());
}

const StaticFile* StaticFiles::find(std::string_view path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
}

Response file_response(const StaticFile& file, const Request& request, const FileTerms& terms) {
    const bool is_compressed = !file.gzip.empty() && takes_gzip(request);
    const std::string etag = is_compressed ? gzip_etag(file) : file.etag;
    const std::string& policy = terms.content_security_policy;
    Response response{
        .status = 200,
        .headers = {
            {"ETag", etag},
            {"Cache-Control", std::string{terms.cache_control}},
            {"X-Content-Type-Options", "nosniff"},
            {"Content-Security-Policy", policy.empty() ? kContentSecurityPolicy : policy},
            {"Referrer-Policy", "no-referrer"}}};
    if (!file.gzip.empty()) {
        response.headers.emplace_back("Vary", "Accept-Encoding");
    }
    if (names(request.header("If-None-Match"), etag)) {
        response.status = 304;
        return response;
    }
    if (is_compressed) {
        response.headers.emplace_back("Content-Encoding", "gzip");
    }
    response.file = is_compressed ? file.gzip : file.bytes;
    response.content_type = file.content_type;
    return response;
}

}  // namespace orderpush::http
