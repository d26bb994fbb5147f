#pragma once

#include "protocol/http_message.hpp"
#include "realtime/ably/messages/error_info.hpp"
#include "realtime/ably/messages/wire_value.hpp"

#include <utility>

namespace orderpush::realtime::ably {

/// Answers one request in the format that its client asked for, also a refusal. Any thread; once.
class RestReply {
  public:
    RestReply(protocol::HttpReply reply, Format format)
        : reply_(std::move(reply)), format_(format) {}

    void send(int status, const Value& body, protocol::HttpHeaders headers = {}) const;
    /// In Ably's form, with X-Ably-ErrorCode and X-Ably-ErrorMessage.
    void refuse(const ErrorInfo& error) const;
    /// To a browser's preflight. Which origin may ask is said by who writes the response.
    void allow_methods() const;

    Format format() const noexcept { return format_; }

  private:
    protocol::HttpReply reply_;
    Format format_;
};

/// By `format=` in the query, else by the header Accept, else JSON.
Format answer_format(const protocol::HttpRequest& request, const std::string* format_parameter);
/// Of the body, by its Content-Type.
Format body_format(const protocol::HttpRequest& request);

}  // namespace orderpush::realtime::ably
