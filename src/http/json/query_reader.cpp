#include "http/json/query_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace orderpush::http {

std::optional<std::string> QueryReader::text(std::string_view name) const {
    const auto found = std::ranges::find(fields_, name, &FormFields::value_type::first);
    return found == fields_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<int> QueryReader::integer(std::string_view name) {
    const auto given = text(name);
    if (!given) {
        return std::nullopt;
    }
    int number = 0;
    const char* end = given->data() + given->size();
    const auto [stop, error] = std::from_chars(given->data(), end, number);
    if (error != std::errc{} || stop != end) {
        add_error(name, "must be an integer");
        return std::nullopt;
    }
    return number;
}

std::optional<std::int64_t> QueryReader::integer_within(
    std::string_view name, std::int64_t least, std::int64_t most
) {
    const auto given = text(name);
    if (!given) {
        return std::nullopt;
    }
    std::int64_t number = 0;
    const char* end = given->data() + given->size();
    const auto [stop, error] = std::from_chars(given->data(), end, number);
    if (error != std::errc{} || stop != end || number < least || number > most) {
        add_error(
            name, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most)
        );
        return std::nullopt;
    }
    return number;
}

void QueryReader::add_error(std::string_view name, std::string message) {
    errors_.add(std::string{name}, std::move(message));
}

}  // namespace orderpush::http
