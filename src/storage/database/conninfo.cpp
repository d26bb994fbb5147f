#include "storage/database/conninfo.hpp"

#include <libpq-fe.h>
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

}  // namespace orderpush::storage
