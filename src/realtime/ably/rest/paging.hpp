#pragma once

#include "base/percent.hpp"
#include "protocol/http_message.hpp"
#include "realtime/ably/messages/error_info.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime::ably {

/// Null: it is not there. The first of a name counts.
const std::string* find_parameter(const FormFields& query, std::string_view name);

/// Which part of a list is asked for.
struct PageQuery {
    static constexpr std::size_t kLimitDefault = 100;
    static constexpr std::size_t kLimitMax = 1'000;

    /// Milliseconds, inclusive.
    std::int64_t start = 0;
    std::int64_t end = std::numeric_limits<std::int64_t>::max();
    bool is_forwards = false;
    std::size_t limit = kLimitDefault;
    /// Where the page before ended, as its link says.
    std::optional<std::string> cursor = {};
};

/// 40003 for a parameter that is wrong.
Checked<PageQuery> read_page_query(const FormFields& query);

/// The headers Link of a page (RFC 8288): `first`, `current` and, with a cursor, `next`; one field
/// for each, because some SDKs read the first of a field only. `name` is the last segment of the
/// path. Of the query what says which list it is stays: credentials do not.
protocol::HttpHeaders link_headers(
    std::string_view name, const FormFields& query, const std::optional<std::string>& next_cursor
);

}  // namespace orderpush::realtime::ably
