#include "http/json/field_reader.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::http {

void FieldErrorList::add(std::string field, std::string message) {
    if (errors_.size() < kErrorsMax) {
        errors_.push_back({std::move(field), std::move(message)});
    }
}

Error FieldErrorList::error() const {
    return invalid_fields(errors_);
}

FieldReader::FieldReader(const JsonObject& object, FieldErrorList& errors, std::string path)
    : object_(&object), errors_(&errors), path_(std::move(path)) {}

std::string FieldReader::text(std::string_view name) {
    return required_text(name).value_or(std::string{});
}

std::optional<std::string> FieldReader::optional_text(std::string_view name) {
    const JsonValue* value = find_given(name);
    return value != nullptr ? checked_text(name, *value) : std::nullopt;
}

std::optional<std::optional<std::string>> FieldReader::clearable_text(std::string_view name) {
    using Clearable = std::optional<std::optional<std::string>>;
    if (is_null(name)) {
        return Clearable{std::in_place};
    }
    const auto given = optional_text(name);
    return given ? Clearable{std::in_place, *given} : Clearable{};
}

std::int64_t FieldReader::integer(std::string_view name) {
    const JsonValue* value = find_required(name);
    return value != nullptr ? checked_integer(name, *value).value_or(0) : 0;
}

std::optional<std::int64_t> FieldReader::optional_integer(std::string_view name) {
    const JsonValue* value = find_given(name);
    return value != nullptr ? checked_integer(name, *value) : std::nullopt;
}

std::optional<bool> FieldReader::optional_boolean(std::string_view name) {
    const JsonValue* value = find_given(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (const auto* flag = std::get_if<bool>(&value->content)) {
        return *flag;
    }
    add_error(name, "must be true or false");
    return std::nullopt;
}

std::optional<std::vector<std::string>> FieldReader::optional_texts(std::string_view name) {
    const JsonValue* value = find_given(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    const auto* array = std::get_if<JsonArray>(&value->content);
    if (array == nullptr) {
        add_error(name, "must be an array");
        return std::nullopt;
    }
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < array->size(); ++i) {
        texts.push_back(checked_text(element_of(name, i), (*array)[i]).value_or(std::string{}));
    }
    return texts;
}

std::vector<FieldReader> FieldReader::objects(std::string_view name) {
    const JsonValue* value = find_required(name);
    if (value == nullptr) {
        return {};
    }
    const auto* array = std::get_if<JsonArray>(&value->content);
    if (array == nullptr) {
        add_error(name, "must be an array");
        return {};
    }
    std::vector<FieldReader> readers;
    readers.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i) {
        const std::string element = element_of(name, i);
        if (const auto* object = std::get_if<JsonObject>(&(*array)[i].content)) {
            readers.emplace_back(*object, *errors_, path_ + element + ".");
        } else {
            add_error(element, "must be an object");
        }
    }
    return readers;
}

void FieldReader::finish() {
    for (const JsonMember& member : *object_) {
        if (std::ranges::find(known_, member.name) == known_.end()) {
            add_error(member.name, "is not a known field");
        }
    }
}

std::string FieldReader::element_of(std::string_view name, std::size_t index) {
    return std::string{name} + "[" + std::to_string(index) + "]";
}

bool FieldReader::is_null(std::string_view name) {
    const JsonValue* value = find(name);
    return value != nullptr && std::holds_alternative<std::monostate>(value->content);
}

const JsonValue* FieldReader::find_given(std::string_view name) {
    const JsonValue* value = find(name);
    const bool is_given =
        value != nullptr && !std::holds_alternative<std::monostate>(value->content);
    return is_given ? value : nullptr;
}

const JsonValue* FieldReader::find(std::string_view name) {
    known_.emplace_back(name);
    const auto found = std::ranges::find(*object_, name, &JsonMember::name);
    return found == object_->end() ? nullptr : &found->value;
}

const JsonValue* FieldReader::find_required(std::string_view name) {
    const JsonValue* value = find(name);
    if (value == nullptr) {
        add_error(name, "is required");
    }
    return value;
}

std::optional<std::string> FieldReader::required_text(std::string_view name) {
    const JsonValue* value = find_required(name);
    return value != nullptr ? checked_text(name, *value) : std::nullopt;
}

std::optional<std::string> FieldReader::checked_text(
    std::string_view name, const JsonValue& value
) {
    const auto* text = std::get_if<std::string>(&value.content);
    if (text == nullptr) {
        add_error(name, "must be a string");
        return std::nullopt;
    }
    if (text->find('\0') != std::string::npos) {
        add_error(name, "must not contain the character NUL");  // PostgreSQL cannot keep it
        return std::nullopt;
    }
    return *text;
}

std::optional<std::int64_t> FieldReader::checked_integer(
    std::string_view name, const JsonValue& value
) {
    if (const auto* number = std::get_if<std::int64_t>(&value.content)) {
        return *number;
    }
    add_error(name, "must be an integer");
    return std::nullopt;
}

Uuid FieldReader::uuid(std::string_view name, const std::string& text) {
    const auto parsed = parse_uuid(text);
    if (!parsed) {
        add_error(name, "must be a UUID");
    }
    return parsed.value_or(Uuid{});
}

void FieldReader::add_error(std::string_view name, std::string message) {
    errors_->add(path_ + std::string{name}, std::move(message));
}

}  // namespace orderpush::http
