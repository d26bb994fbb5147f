#pragma once

#include "base/result.hpp"
#include "http/routing/message.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace orderpush::http {

/// A file as it is sent.
struct StaticFile {
    std::string bytes;
    std::string_view content_type;
    /// Strong, with its quotes; changes with every byte.
    std::string etag;
    /// The same compressed, as the file beside it with ".gz" behind its name has it; empty if there
    /// is none.
    std::string gzip = {};
};

/// How browsers may use a file.
struct FileTerms {
    /// Asked for again each time, which costs no more than the answer 304.
    std::string_view cache_control = "no-cache";
    /// Empty: that of the API's documentation.
    std::string content_security_policy = {};
};

/// `content_type` must outlive the file.
StaticFile make_static_file(std::string bytes, std::string_view content_type);

/// The files of a folder, read once into memory. Immutable; any thread. Default: none.
class StaticFiles {
  public:
    static constexpr std::size_t kBytesMax = 32U << 20U;

    StaticFiles() = default;

    /// Reads what lies in and below `folder`, but for names that begin with a dot and kinds of
    /// files that browsers do not ask for. "a.js.gz" is "a.js" compressed. kNotFound
    /// "web_folder_missing"; kInvalid "web_folder_unusable", with its detail, if it cannot be read,
    /// holds more than `bytes_max`, or has a link to what lies outside of it.
    static Result<StaticFiles> load(
        const std::filesystem::path& folder, std::size_t bytes_max = kBytesMax
    );

    /// `path` is relative to the folder, with '/': "docs/index.html". Null if there is none.
    const StaticFile* find(std::string_view path) const;
    bool is_empty() const noexcept { return files_.empty(); }

  private:
    std::map<std::string, StaticFile, std::less<>> files_;
};

/// 200 with the file, which outlives the response, compressed if the client takes that, or 304 if
/// the client has it already (If-None-Match, RFC 9110, section 13.1.2).
Response file_response(const StaticFile& file, const Request& request, const FileTerms& terms = {});

}  // namespace orderpush::http
