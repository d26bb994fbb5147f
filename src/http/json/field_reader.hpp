#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "http/json/json_value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::http {

/// Collects what is wrong with a request, so that a client learns of everything at once; what
/// passes the bound is dropped.
class FieldErrorList {
  public:
    static constexpr std::size_t kErrorsMax = 20;

    void add(std::string field, std::string message);
    bool is_empty() const noexcept { return errors_.empty(); }
    /// kInvalid with the errors. Requires !is_empty().
    Error error() const;

  private:
    std::vector<FieldError> errors_;
};

/// Reads the fields of one JSON object, strictly: a missing, mistyped or unknown field becomes a
/// field error and a default value stands in for it. `null` counts as absent where a field is
/// optional.
class FieldReader {
  public:
    /// Both arguments must outlive the reader. `path` stands before names in errors, "items[0].".
    FieldReader(const JsonObject& object, FieldErrorList& errors, std::string path = {});

    std::string text(std::string_view name);
    std::optional<std::string> optional_text(std::string_view name);
    /// Nothing for an absent field, an empty text for `null`, which takes away what is there.
    std::optional<std::optional<std::string>> clearable_text(std::string_view name);
    std::int64_t integer(std::string_view name);
    std::optional<std::int64_t> optional_integer(std::string_view name);
    std::optional<bool> optional_boolean(std::string_view name);
    template <class SomeId>
    SomeId id(std::string_view name) {
        const auto given = required_text(name);
        return given ? SomeId{uuid(name, *given)} : SomeId{};
    }
    template <class SomeId>
    std::optional<SomeId> optional_id(std::string_view name) {
        const auto given = optional_text(name);
        return given ? std::optional{SomeId{uuid(name, *given)}} : std::nullopt;
    }
    /// Nothing for an absent field, an empty id for `null`, which takes away what is there.
    template <class SomeId>
    std::optional<std::optional<SomeId>> clearable_id(std::string_view name) {
        using Clearable = std::optional<std::optional<SomeId>>;
        if (is_null(name)) {
            return Clearable{std::in_place};
        }
        const auto given = optional_id<SomeId>(name);
        return given ? Clearable{std::in_place, *given} : Clearable{};
    }
    /// An array of UUIDs.
    template <class SomeId>
    std::optional<std::vector<SomeId>> optional_ids(std::string_view name) {
        const auto texts = optional_texts(name);
        if (!texts) {
            return std::nullopt;
        }
        std::vector<SomeId> ids;
        for (std::size_t i = 0; i < texts->size(); ++i) {
            ids.push_back(SomeId{uuid(element_of(name, i), (*texts)[i])});
        }
        return ids;
    }
    /// A reader per element of an array of objects; elements that are no objects are left out.
    std::vector<FieldReader> objects(std::string_view name);
    /// RequestContext after the last field: names those that nobody asked for.
    void finish();

  private:
    static std::string element_of(std::string_view name, std::size_t index);
    bool is_null(std::string_view name);
    const JsonValue* find_given(std::string_view name);
    std::optional<std::vector<std::string>> optional_texts(std::string_view name);
    const JsonValue* find(std::string_view name);
    const JsonValue* find_required(std::string_view name);
    std::optional<std::string> required_text(std::string_view name);
    std::optional<std::int64_t> checked_integer(std::string_view name, const JsonValue& value);
    std::optional<std::string> checked_text(std::string_view name, const JsonValue& value);
    Uuid uuid(std::string_view name, const std::string& text);
    void add_error(std::string_view name, std::string message);

    const JsonObject* object_;
    FieldErrorList* errors_;
    std::string path_;
    std::vector<std::string> known_;
};

}  // namespace orderpush::http
