#include "http/json/json_value.hpp"

#include "base/json_nesting.hpp"
#include "core/error_codes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace orderpush::http {
namespace {

Error malformed(std::string message) {
    return make_error("malformed_json", std::move(message));
}

bool has_repeated_name(const JsonObject& object) {
    std::vector<std::string_view> names;
    names.reserve(object.size());
    for (const JsonMember& member : object) {
        names.emplace_back(member.name);
    }
    std::ranges::sort(names);  // not pairwise: a hostile object has many names
    return std::ranges::adjacent_find(names) != names.end();
}

/// Builds the tree from the parser's events; returning false from one stops the parser. The
/// members' names are the library's.
class TreeBuilder {
  public:
    explicit TreeBuilder(std::size_t depth_max) : nesting_(depth_max) {}

    bool null() { return add({}); }
    bool boolean(bool value) { return add({value}); }
    bool number_integer(std::int64_t value) { return add({value}); }
    bool number_unsigned(std::uint64_t value) {
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return add({JsonValue::OtherNumber{}});
        }
        return add({static_cast<std::int64_t>(value)});
    }
    bool number_float(double /*value*/, const std::string& /*text*/) {
        return add({JsonValue::OtherNumber{}});
    }
    bool string(std::string& value) { return add({std::move(value)}); }
    bool binary(std::vector<std::uint8_t>& /*value*/) { return false; }  // JSON text has none
    bool start_object(std::size_t /*size*/) { return open({JsonObject{}}); }
    bool key(std::string& name) {
        std::get<JsonObject>(open_.back().content).push_back({std::move(name), {}});
        return true;
    }
    bool end_object() {
        if (has_repeated_name(std::get<JsonObject>(open_.back().content))) {
            error_ = malformed("The body has a name twice in one object.");
            return false;
        }
        return close();
    }
    bool start_array(std::size_t /*size*/) { return open({JsonArray{}}); }
    bool end_array() { return close(); }
    bool parse_error(
        std::size_t position, const std::string& /*token*/, const nlohmann::json::exception& error
    ) {
        constexpr int kNumberOverflow = 406;  // nlohmann: out_of_range.406
        const std::string where = " near byte " + std::to_string(position) + ".";
        if (error.id == kNumberOverflow) {
            error_ = number_out_of_range();
        } else if (std::string_view{error.what()}.find("surrogate U+") != std::string_view::npos) {
            // What a front-end sends that cut a text within an emoji.
            error_ = malformed("The body has half of a UTF-16 surrogate pair" + where);
        } else {
            error_ = malformed("The body is not valid JSON" + where);
        }
        return false;
    }

    Error& error() { return error_; }
    JsonValue& root() { return root_; }

  private:
    Error number_out_of_range() const {
        const auto* object =
            open_.empty() ? nullptr : std::get_if<JsonObject>(&open_.back().content);
        const bool has_name = object != nullptr && !object->empty();
        return {
            .kind = ErrorKind::kInvalid,
            .code = "invalid_fields",
            .message = "The body has a number that is out of range.",
            .field_errors = {{has_name ? object->back().name : "", "is out of range"}}};
    }
    bool open(JsonValue container) {
        if (!nesting_.enter()) {
            error_ = malformed(
                "The body is nested deeper than " + std::to_string(nesting_.depth_max()) +
                " levels."
            );
            return false;
        }
        open_.push_back(std::move(container));
        return true;
    }
    bool close() {
        nesting_.leave();
        JsonValue finished = std::move(open_.back());
        open_.pop_back();
        return add(std::move(finished));
    }
    bool add(JsonValue value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (auto* object = std::get_if<JsonObject>(&open_.back().content)) {
            object->back().value = std::move(value);
        } else {
            std::get<JsonArray>(open_.back().content).push_back(std::move(value));
        }
        return true;
    }

    NestingLimit nesting_;
    std::vector<JsonValue> open_;
    JsonValue root_;
    Error error_;
};

}  // namespace

Result<JsonValue> parse_json(std::string_view text, std::size_t depth_max) {
    if (text.find('\0') != std::string_view::npos) {
        return malformed("The body has a NUL byte.");  // where the library would stop reading
    }
    TreeBuilder builder{depth_max};
    if (!nlohmann::json::sax_parse(text, &builder)) {
        return std::move(builder.error());
    }
    return std::move(builder.root());
}

}  // namespace orderpush::http
