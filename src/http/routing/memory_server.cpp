#include "http/routing/memory_server.hpp"

#include "base/text.hpp"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace orderpush::http {
namespace {

/// The only path the library sees: our table routes, its own does not.
constexpr const char* kAnyPath = "/";

/// The header that the library puts the text of an exception into.
constexpr const char* kThrown = "EXCEPTION_WHAT";

/// Where a header is kept that the library must not act upon.
constexpr std::string_view kHiddenPrefix = "Orderpush-Hidden-";
constexpr std::array<std::string_view, 3> kHiddenHeaders{
    "Content-Type", "Content-Encoding", "Accept-Encoding"};

/// A request to read from and an answer to write to, both in memory.
class MemoryStream final : public httplib::Stream {
  public:
    MemoryStream(const std::string& input, const std::string& remote_address)
        : input_(input), remote_address_(remote_address) {}

    bool is_readable() const override { return true; }
    bool is_writable() const override { return true; }
    ssize_t read(char* into, size_t size) override {
        const std::size_t count = std::min(size, input_.size() - position_);
        std::memcpy(into, input_.data() + position_, count);
        position_ += count;
        return static_cast<ssize_t>(count);
    }
    ssize_t write(const char* bytes, size_t size) override {
        output_.append(bytes, size);
        return static_cast<ssize_t>(size);
    }
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip = remote_address_;
        port = 0;
    }
    void get_local_ip_and_port(std::string& ip, int& port) const override {
        ip.clear();
        port = 0;
    }
    socket_t socket() const override { return INVALID_SOCKET; }

    std::string take_output() { return std::move(output_); }

  private:
    const std::string& input_;
    const std::string& remote_address_;
    std::size_t position_ = 0;
    std::string output_;
};

void hide(httplib::Headers& headers, std::string_view name) {
    const auto found = headers.find(std::string{name});
    if (found == headers.end()) {
        return;
    }
    headers.emplace(std::string{kHiddenPrefix}.append(name), found->second);
    headers.erase(std::string{name});
}

/// Before the library acts on the headers: no "100 Continue" into our answer, no compression of
/// its own, no unpacking (a small body could become a huge one), no multipart parsing (its regular
/// expressions recurse as deep as a header is long, and so would matching a long path).
void tame(httplib::Request& request) {
    request.path = kAnyPath;
    request.params.clear();
    request.headers.erase("Expect");
    std::erase_if(request.headers, [](const auto& header) {
        const auto start = std::string_view{header.first}.substr(0, kHiddenPrefix.size());
        return equal_ignoring_case(start, kHiddenPrefix);  // a client's own
    });
    for (const std::string_view name : kHiddenHeaders) {
        hide(request.headers, name);
    }
}

/// Position of a Range header's name in the head, from `start` on, or npos.
std::size_t find_range_header(std::string_view bytes, std::size_t start) {
    constexpr std::string_view kName = "\nrange:";
    const std::string_view head = bytes.substr(0, bytes.find("\r\n\r\n"));
    const auto same = [](char c, char wanted) { return to_lower(c) == wanted; };
    const auto from = head.begin() + static_cast<std::ptrdiff_t>(std::min(start, head.size()));
    const auto found = std::search(from, head.end(), kName.begin(), kName.end(), same);
    return found == head.end() ? std::string_view::npos
                               : static_cast<std::size_t>(found - head.begin()) + 1;
}

Request to_request(const httplib::Request& parsed) {
    Request request;
    request.method = parsed.method;
    const auto query_start = parsed.target.find('?');
    request.path = parsed.target.substr(0, query_start);
    if (query_start != std::string::npos) {
        request.query = parsed.target.substr(query_start + 1);
    }
    for (const auto& [name, value] : parsed.headers) {
        const bool is_hidden = name.starts_with(kHiddenPrefix);
        request.headers.emplace_back(is_hidden ? name.substr(kHiddenPrefix.size()) : name, value);
    }
    request.body = parsed.body;
    request.client_address = parsed.remote_addr;
    return request;
}

void write(Answer answer, httplib::Response& response) {
    response.status = answer.status;
    for (auto& [name, value] : answer.headers) {
        response.headers.emplace(std::move(name), std::move(value));
    }
    if (!answer.body.empty()) {
        response.body = std::move(answer.body);
        response.headers.emplace("Content-Type", std::move(answer.content_type));
    }
}

/// The front door owns the connection, we offer no ranges, and the text of an exception is not for
/// clients.
void drop_library_headers(httplib::Response& response) {
    for (const char* name : {"Connection", "Keep-Alive", "Accept-Ranges", kThrown}) {
        response.headers.erase(name);
    }
    if (response.status == 204 || response.status == 304) {
        response.headers.erase("Content-Length");  // RFC 9110, section 8.6
    }
}

}  // namespace

class MemoryServer::Server final : public httplib::Server {
  public:
    Server(Handle handle, Refuse refuse, std::size_t body_bytes_max) : refuse_(std::move(refuse)) {
        const Handler answer = [handle = std::move(handle)](const auto& request, auto& response) {
            write(handle(to_request(request)), response);
        };
        Get(kAnyPath, answer).Post(kAnyPath, answer).Put(kAnyPath, answer);
        Patch(kAnyPath, answer).Delete(kAnyPath, answer).Options(kAnyPath, answer);
        // Methods that the library parses but offers no handler for.
        set_pre_routing_handler([answer](const auto& request, auto& response) {
            if (request.method != "TRACE" && request.method != "CONNECT") {
                return HandlerResponse::Unhandled;
            }
            answer(request, response);
            return HandlerResponse::Handled;
        });
        set_payload_max_length(body_bytes_max);
        set_error_handler([this](const httplib::Request&, httplib::Response& response) {
            const bool is_answered = response.has_header("X-Request-Id");
            if (!is_answered) {
                write(refuse_(response.status, response.get_header_value(kThrown)), response);
            }
        });
        set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
            drop_library_headers(response);
        });
    }

    std::string respond(const std::string& request_bytes, const std::string& remote_address) {
        MemoryStream stream{request_bytes, remote_address};
        bool is_closed = false;
        process_request(stream, false, is_closed, tame);
        return stream.take_output();
    }

  private:
    const Refuse refuse_;
};

MemoryServer::MemoryServer(Handle handle, Refuse refuse, std::size_t body_bytes_max)
    : server_(std::make_unique<Server>(std::move(handle), std::move(refuse), body_bytes_max)) {}

MemoryServer::~MemoryServer() = default;

std::string MemoryServer::respond(
    const std::string& request_bytes, const std::string& remote_address
) {
    // A server may ignore Range (RFC 9110, section 14.2). The library would look at it before we
    // can hide it, with a regular expression that recurses, so it must not see one.
    std::size_t range = find_range_header(request_bytes, 0);
    if (range == std::string::npos) {
        return server_->respond(request_bytes, remote_address);
    }
    std::string rangeless = request_bytes;
    while (range != std::string::npos) {
        rangeless[range] = 'X';
        range = find_range_header(rangeless, range);
    }
    return server_->respond(rangeless, remote_address);
}

}  // namespace orderpush::http
