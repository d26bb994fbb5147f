#include "tests/unit/http/hostile_input.hpp"

#include <limits>

namespace orderpush::http {
namespace {

using nlohmann::json;

/// Stands in a document for what the library would not write, and is replaced in its text.
constexpr const char* kRawMark = "\x7FRAW";

json nested(std::size_t depth) {
    json inner = 1;
    for (std::size_t i = 0; i < depth; ++i) {
        inner = i % 2 == 0 ? json::array({std::move(inner)}) : json{{"a", std::move(inner)}};
    }
    return inner;
}

const std::vector<std::string>& texts() {
    static const std::vector<std::string> some{
        "",
        " ",
        "0",
        "null",
        "ready",
        "DONE",
        "00000000-0000-7000-8000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "kitchen:00000000-0000-7000-8000-000000000000",
        "2026-11-21T18:30:00.125Z",
        "9999-99-99T99:99:99.999Z",
        "'; DROP TABLE orders; --",
        "{\"a\":1}",
        "../../etc/passwd",
        "%00",
        "a\tb\r\nc",
        std::string{"a\0b", 3},
        "\u202Eevil\u0301\u0301\u0301",
        "\U0001F354\U0001F468\u200D\U0001F373",
        "\uFFFF\uFEFF",
        std::string(101, 'x'),
        std::string(10'000, 'x')};
    return some;
}

/// JSON values that only stand in a text: halves of pairs, overlong forms, numbers beyond doubles.
const std::vector<std::string>& raw_values() {
    static const std::vector<std::string> some{
        R"("\ud800")",
        R"("\udc00\ud800")",
        R"("\u0000")",
        "\"\xff\xfe\"",
        "\"\xc0\xaf\"",
        "\"\xed\xa0\x80\"",
        "1e999",
        "-1e-999",
        "123456789012345678901234567890",
        "-0",
        "01",
        "NaN",
        "'x'",
        "/**/1"};
    return some;
}

}  // namespace

std::string HostileInput::text() {
    if (!one_in(5)) {
        return pick(texts());
    }
    std::string made;
    for (std::uint32_t i = below(40); i > 0; --i) {
        made += static_cast<char>(' ' + below(95));
    }
    return made;
}

json HostileInput::value() {
    switch (below(14)) {
        case 0:
            return nullptr;
        case 1:
            return one_in(2);
        case 2:
            return -1;
        case 3:
            return std::numeric_limits<std::int64_t>::max();
        case 4:
            return std::numeric_limits<std::int64_t>::min();
        case 5:
            return std::numeric_limits<std::uint64_t>::max();
        case 6:
            return 1.5;
        case 7:
            return 1e308;
        case 8:
            return json::array();
        case 9:
            return json::object();
        case 10:
            return nested(1 + below(40));
        case 11:
            return json(std::vector<int>(below(2'000), 7));
        case 12:
            return kRawMark;
        default:
            return text();
    }
}

json* HostileInput::any_node(json& document) {
    json* node = &document;
    while (node->is_structured() && !node->empty() && !one_in(3)) {
        auto child = node->begin();
        std::advance(child, below(static_cast<std::uint32_t>(node->size())));
        node = &*child;
    }
    return node;
}

void HostileInput::spoil(json& document) {
    json& node = *any_node(document);
    if (node.is_object() && one_in(3)) {
        node[text()] = value();
    } else if (node.is_object() && !node.empty() && one_in(2)) {
        auto member = node.begin();
        std::advance(member, below(static_cast<std::uint32_t>(node.size())));
        node.erase(member);
    } else if (node.is_array() && !node.empty() && one_in(2)) {
        node.push_back(node.front());
    } else {
        node = value();
    }
}

void HostileInput::spoil_bytes(std::string& bytes) {
    const std::uint32_t at = below(static_cast<std::uint32_t>(bytes.size() + 1));
    switch (below(5)) {
        case 0:
            bytes.resize(at);
            break;
        case 1:
            bytes.insert(at, 1, static_cast<char>(below(256)));
            break;
        case 2:
            bytes += bytes;
            break;
        case 3:
            bytes.insert(0, "\xef\xbb\xbf");
            break;
        default:
            bytes = std::string(below(5'000), one_in(2) ? '[' : '{');
    }
}

std::string HostileInput::body(const json& valid) {
    json document = valid;
    for (std::uint32_t times = below(4); times > 0; --times) {
        spoil(document);
    }
    std::string bytes = document.dump(-1, ' ', false, json::error_handler_t::replace);
    const std::string mark = json(kRawMark).dump();
    for (auto at = bytes.find(mark); at != std::string::npos; at = bytes.find(mark, at)) {
        bytes.replace(at, mark.size(), pick(raw_values()));
    }
    if (one_in(8)) {
        spoil_bytes(bytes);
    }
    return bytes;
}

std::string HostileInput::word() {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text().substr(0, 300)) {
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kDigits[byte / 16];
        encoded += kDigits[byte % 16];
    }
    return one_in(10) ? encoded + "%" : encoded;
}

std::string HostileInput::header_value() {
    std::string value = text().substr(0, 300);
    std::erase_if(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    return value;
}

}  // namespace orderpush::http
