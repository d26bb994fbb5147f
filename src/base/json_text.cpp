#include "base/json_text.hpp"

#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace orderpush {
namespace {

/// Printable ASCII that stands for itself within a JSON string.
constexpr auto kIsPlain = [] {
    std::array<bool, 256> is_plain{};
    for (unsigned c = ' '; c <= '~'; ++c) {
        is_plain[c] = c != '"' && c != '\\';
    }
    return is_plain;
}();

/// Appends `text` as the inside of a JSON string, up to the first character that is not printable
/// ASCII; returns what is left of it.
std::string_view append_escaped_ascii(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto* const plain_end = std::ranges::find_if_not(text, [](char c) {
            return kIsPlain[static_cast<unsigned char>(c)];
        });
        const auto plain = static_cast<std::size_t>(plain_end - text.begin());
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty() || (text.front() != '"' && text.front() != '\\')) {
            break;
        }
        out.push_back('\\');
        out.push_back(text.front());
        text.remove_prefix(1);
    }
    return text;
}

constexpr std::size_t kEscapeSize = 6;

/// The UTF-16 code unit of the escape "\uXXXX" that begins at `at`; nothing if none does.
std::optional<unsigned> escaped_unit(std::string_view json, std::size_t at) {
    const std::string_view escape = json.substr(std::min(at, json.size()), kEscapeSize);
    if (escape.size() < kEscapeSize || !escape.starts_with("\\u")) {
        return std::nullopt;
    }
    unsigned unit = 0;
    for (const char c : escape.substr(2)) {
        const auto digit = hex_digit(c);
        if (!digit) {
            return std::nullopt;
        }
        unit = unit * 16 + *digit;
    }
    return unit;
}

bool is_high(std::optional<unsigned> unit) {
    return unit && (*unit & 0xFC00U) == 0xD800U;
}

bool is_low(std::optional<unsigned> unit) {
    return unit && (*unit & 0xFC00U) == 0xDC00U;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    const std::size_t begin = out.size();
    out.push_back('"');
    if (append_escaped_ascii(out, text).empty()) {
        out.push_back('"');
        return;
    }
    out.resize(begin);
    out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_string(std::string_view text) {
    std::string written;
    // A character in eight is taken to be escaped.
    written.reserve(text.size() + text.size() / 8 + 2);
    append_json_string(written, text);
    return written;
}

std::optional<std::string> with_whole_surrogates(std::string_view json) {
    std::optional<std::string> repaired;
    for (std::size_t at = json.find('\\'); at != std::string_view::npos; at = json.find('\\', at)) {
        const auto unit = escaped_unit(json, at);
        if (is_high(unit) && is_low(escaped_unit(json, at + kEscapeSize))) {
            at += 2 * kEscapeSize;
            continue;
        }
        if (is_high(unit) || is_low(unit)) {
            if (!repaired) {
                repaired.emplace(json);
            }
            repaired->replace(at, kEscapeSize, "\\ufffd");
        }
        at += unit ? kEscapeSize : 2;
    }
    return repaired;
}

}  // namespace orderpush
