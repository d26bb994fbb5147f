#include "storage/database/conninfo.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <libpq-fe.h>
#include <map>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace orderpush::storage {
namespace {

std::string quoted(std::string_view value) {
    std::string text{"'"};
    for (const char c : value) {
        if (c == '\'' || c == '\\') {
            text.push_back('\\');
        }
        text.push_back(c);
    }
    text.push_back('\'');
    return text;
}

/// The last of each keyword, which counts.
std::map<std::string, std::string> values_of(const Conninfo& conninfo) {
    std::map<std::string, std::string> values;
    for (const auto& [keyword, value] : conninfo) {
        values[keyword] = value;
    }
    return values;
}

/// The parts of a list with commas, empty ones too; none of an empty list.
std::vector<std::string_view> parts_of(std::string_view list) {
    std::vector<std::string_view> parts;
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        parts.push_back(list.substr(0, end));
        const bool is_last = end == list.size();
        list.remove_prefix(is_last ? end : end + 1);
        if (list.empty() && !is_last) {
            parts.emplace_back();
        }
    }
    return parts;
}

/// Empty: libpq's own.
bool is_port(std::string_view text) {
    int port = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, fault] = std::from_chars(text.data(), end, port);
    return text.empty() || (fault == std::errc{} && stopped == end && port >= 1 && port <= 65'535);
}

constexpr const char* kUnreadable =
    "cannot be read as postgresql://user:password@host:port/database or as libpq's keyword=value "
    "list; special characters of a URL's password must be percent-encoded (@ is %40, / is %2F)";

/// Of a session that is to write.
constexpr std::array<std::string_view, 3> kSessionAttributes{"any", "read-write", "primary"};

}  // namespace

Conninfo parse_conninfo(const std::string& url) {
    char* raw_message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
        PQconninfoParse(url.c_str(), &raw_message), &PQconninfoFree};
    const std::unique_ptr<char, decltype(&PQfreemem)> message{raw_message, &PQfreemem};
    if (!options) {
        throw std::invalid_argument("the database URL cannot be read");
    }
    Conninfo conninfo;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) {
            conninfo.emplace_back(option->keyword, option->val);
        }
    }
    return conninfo;
}

std::string to_string(const Conninfo& conninfo) {
    std::string text;
    for (const auto& [keyword, value] : conninfo) {
        text += (text.empty() ? "" : " ") + keyword + "=" + quoted(value);
    }
    return text;
}

std::size_t host_count(const Conninfo& conninfo) {
    auto values = values_of(conninfo);
    return std::max<std::size_t>(
        {1, parts_of(values["host"]).size(), parts_of(values["hostaddr"]).size()}
    );
}

bool is_same_connection(const std::string& url, const std::string& other) {
    return values_of(parse_conninfo(url)) == values_of(parse_conninfo(other));
}

std::optional<std::string> database_url_fault(const std::string& url) {
    std::map<std::string, std::string> values;
    try {
        values = values_of(parse_conninfo(url));
    } catch (const std::invalid_argument&) {
        return kUnreadable;
    }
    // Where a password's '@' or '/' that is not percent-encoded ends up.
    const auto ports = parts_of(values["port"]);
    if (values["host"].find('@') != std::string::npos || !std::ranges::all_of(ports, is_port)) {
        return kUnreadable;
    }
    const std::size_t hosts =
        std::max(parts_of(values["host"]).size(), parts_of(values["hostaddr"]).size());
    if (ports.size() > 1 && ports.size() != hosts) {
        return "must have one port for all hosts, or one for each";
    }
    const std::string& attributes = values["target_session_attrs"];
    if (!attributes.empty() &&
        std::ranges::find(kSessionAttributes, attributes) == kSessionAttributes.end()) {
        return "must have read-write, primary or any as target_session_attrs: the service writes";
    }
    return std::nullopt;
}

}  // namespace orderpush::storage
