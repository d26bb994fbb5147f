#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "net/curl_http_client.hpp"
#include "net/http_message.hpp"

#include <array>
#include <cstddef>
#include <curl/curl.h>
#include <memory>
#include <string>

namespace orderpush::net {

struct EasyFree {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFree {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using EasyHandle = std::unique_ptr<CURL, EasyFree>;
using HeaderList = std::unique_ptr<curl_slist, ListFree>;

/// One request on its way, as libcurl sees it. Touched by the client's thread only, after it was
/// made.
class CurlTransfer {
  public:
    CurlTransfer(HttpRequest request, Deadline deadline) noexcept
        : request_(std::move(request)), deadline_(deadline) {}
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;

    /// Makes the handle to be added to the multi handle; it stays the transfer's. kInvalid for a
    /// request that cannot be sent, kTimeout if its deadline has passed.
    Result<CURL*> prepare(const HttpClientOptions& options);
    CURL* handle() const noexcept { return easy_.get(); }
    /// What came of it, once libcurl is done with it.
    Result<HttpResponse> take(CURLcode code);

  private:
    Result<void> add_headers();
    void set_limits(const HttpClientOptions& options, std::chrono::milliseconds left);
    void set_security(const HttpClientOptions& options);
    Error failure(CURLcode code) const;
    std::string host() const;
    static std::size_t on_header(char* text, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
    static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
    bool take_header(std::string_view line);
    bool take_body(std::string_view bytes);

    const HttpRequest request_;
    const Deadline deadline_;
    std::size_t response_bytes_max_ = 0;
    HeaderList headers_;
    EasyHandle easy_;
    std::array<char, CURL_ERROR_SIZE> error_text_{};
    HttpResponse response_;
    std::size_t header_bytes_ = 0;
    bool is_too_large_ = false;
    bool is_address_refused_ = false;
};

}  // namespace orderpush::net
