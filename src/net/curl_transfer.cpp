#include "net/curl_transfer.hpp"

#include "base/text.hpp"
#include "net/public_address.hpp"

#include <algorithm>
#include <chrono>
#include <sys/socket.h>
#include <utility>

namespace orderpush::net {
namespace {

using std::chrono::milliseconds;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool has_line_break(std::string_view text) {
    return text.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos;
}

struct Kind {
    ErrorKind code;
    const char* reason;
};

Kind kind_of(CURLcode code) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return {ErrorKind::kTimeout, "timed_out"};
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT:
            return {ErrorKind::kUnavailable, "connect_failed"};
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_USE_SSL_FAILED:
            return {ErrorKind::kUnavailable, "tls_failed"};
        case CURLE_URL_MALFORMAT:
            return {ErrorKind::kInvalid, "request_invalid"};
        default:
            break;
    }
    return {ErrorKind::kUnavailable, "connection_lost"};
}

}  // namespace

Result<CURL*> CurlTransfer::prepare(const HttpClientOptions& options) {
    const auto left = std::chrono::ceil<milliseconds>(deadline_ - std::chrono::steady_clock::now());
    if (left <= milliseconds{0}) {
        return failure(CURLE_OPERATION_TIMEDOUT);
    }
    if (!request_.url.starts_with("http://") && !request_.url.starts_with("https://")) {
        return failure(CURLE_URL_MALFORMAT);
    }
    easy_.reset(curl_easy_init());
    if (!easy_) {
        return failure(CURLE_OUT_OF_MEMORY);
    }
    response_bytes_max_ = options.response_bytes_max;
    if (auto added = add_headers(); !added) {
        return std::move(added).error();
    }
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
    if (request_.method == "POST" || !request_.body.empty()) {
        curl_easy_setopt(
            easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size())
        );
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.data());
    }
    if (request_.method != "POST" && request_.method != "GET") {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_.data());
    set_limits(options, left);
    set_security(options);
    return easy;
}

Result<void> CurlTransfer::add_headers() {
    const auto append = [this](const std::string& line) {
        curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
        if (longer != nullptr && !headers_) {
            headers_.reset(longer);
        }
        return longer != nullptr;
    };
    bool is_added = append("Expect:");  // no round trip before the body
    for (const auto& [name, value] : request_.headers) {
        if (has_line_break(name) || has_line_break(value)) {
            return Error{
                .kind = ErrorKind::kInvalid,
                .code = "request_invalid",
                .message = "A header of the request would be two."};
        }
        is_added = is_added && append(name + ": " + value);
    }
    return is_added ? Result<void>{} : failure(CURLE_OUT_OF_MEMORY);
}

void CurlTransfer::set_limits(const HttpClientOptions& options, milliseconds left) {
    CURL* const easy = easy_.get();
    const long total_ms = left.count();
    const long connect_ms = std::min(left, options.connect_timeout).count();
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, total_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // A name server that does not answer holds up nobody but those who asked for that name.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    // Rather share a connection that is being made than make another.
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
}

void CurlTransfer::set_security(const HttpClientOptions& options) {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_PROXY, options.proxy.c_str());
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    if (options.is_public_only) {
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
    }
    if (!options.ca_file.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    }
}

Result<HttpResponse> CurlTransfer::take(CURLcode code) {
    if (code != CURLE_OK) {
        return failure(code);
    }
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
}

Error CurlTransfer::failure(CURLcode code) const {
    if (is_too_large_) {
        return {
            .kind = ErrorKind::kTooLarge,
            .code = "response_too_large",
            .message = "The answer is larger than it may be.",
            .detail = host()};
    }
    if (is_address_refused_) {
        return {
            .kind = ErrorKind::kForbidden,
            .code = "address_refused",
            .message = "The name stands for an address that is not public.",
            .detail = host()};
    }
    const auto [error_kind, error_code] = kind_of(code);
    const char* const text =
        error_text_.front() != '\0' ? error_text_.data() : curl_easy_strerror(code);
    // What libcurl says of an address that it cannot read may repeat it.
    const bool is_readable = error_kind != ErrorKind::kInvalid;
    return {
        .kind = error_kind,
        .code = error_code,
        .message = "There was no answer.",
        .detail = host() + ": " + (is_readable ? excerpt(text) : "unusable address")};
}

std::string CurlTransfer::host() const {
    const std::string_view url = request_.url;
    const auto scheme_end = url.find("://");
    const std::string_view rest =
        scheme_end == std::string_view::npos ? std::string_view{} : url.substr(scheme_end + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    const auto at = authority.rfind('@');
    return std::string{at == std::string_view::npos ? authority : authority.substr(at + 1)};
}

std::size_t CurlTransfer::on_header(char* text, std::size_t size, std::size_t count, void* self) {
    const std::string_view line{text, size * count};
    return static_cast<CurlTransfer*>(self)->take_header(line) ? line.size() : 0;
}

std::size_t CurlTransfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    const std::string_view part{bytes, size * count};
    const bool is_taken = static_cast<CurlTransfer*>(self)->take_body(part);
    return is_taken ? part.size() : CURL_WRITEFUNC_ERROR;
}

/// Asked with the very address that would be connected to, after the name was resolved.
curl_socket_t CurlTransfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
    if (!is_public_address(address->addr)) {
        static_cast<CurlTransfer*>(self)->is_address_refused_ = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype, address->protocol);
}

bool CurlTransfer::take_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > response_bytes_max_) {
        is_too_large_ = true;
        return false;
    }
    if (line.starts_with("HTTP/")) {  // an interim response came before
        response_.headers.clear();
        return true;
    }
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
        response_.headers.emplace_back(
            in_lower_case(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1))
        );
    }
    return true;
}

bool CurlTransfer::take_body(std::string_view bytes) {
    if (response_.body.size() + bytes.size() > response_bytes_max_) {
        is_too_large_ = true;
        return false;
    }
    response_.body += bytes;
    return true;
}

}  // namespace orderpush::net
