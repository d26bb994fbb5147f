#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "protocol/pusher_signature.hpp"

#include <forward_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::protocol {

/// A request to the HTTP API as it stood on the wire.
struct PusherRequest {
    /// In upper case.
    std::string_view method;
    /// Without the query, still percent-encoded.
    std::string_view path;
    std::string_view query;
    std::string_view body;
    /// "/realtime": what stands before paths at a proxy, which may have taken it off. Some SDKs
    /// sign it, others do not.
    std::string_view path_prefix = {};
};

/// Names and values of a query, decoded, as they came. What needed no decoding is a view of the
/// query's text, which outlives it.
class PusherQuery {
  public:
    using Field = std::pair<std::string_view, std::string_view>;

    /// kInvalid: cannot be decoded, more than 64 parameters, or one that comes twice (but for
    /// arrays, "name[]").
    static Result<PusherQuery> parse(std::string_view query);
    PusherQuery(PusherQuery&&) = default;
    PusherQuery& operator=(PusherQuery&&) = default;
    PusherQuery(const PusherQuery&) = delete;  // the copy would show the other's text
    PusherQuery& operator=(const PusherQuery&) = delete;
    ~PusherQuery() = default;

    /// Null if it is not there.
    const std::string_view* find(std::string_view name) const;
    std::span<const Field> all() const noexcept { return fields_; }

  private:
    PusherQuery() = default;
    std::optional<std::string_view> decode(std::string_view text);

    std::vector<Field> fields_;
    std::forward_list<std::string> decoded_;
};

/// Whether the request was signed with the app's secret, within 600 s of `now` (Pusher Channels
/// HTTP API, "Authentication"; what the SDKs of five languages sign is accepted). The key is the
/// caller's to look up. The signature is compared in constant time. kUnauthenticated with the
/// hosted service's texts; they show the string that should have been signed, never the digest.
Result<void> verify_pusher_request(
    const PusherApp& app, const PusherRequest& request, const PusherQuery& query, Timestamp now
);

}  // namespace orderpush::protocol
