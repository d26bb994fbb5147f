#pragma once

#include "base/crypto/uuid.hpp"
#include "base/percent.hpp"
#include "http/json/field_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::http {

/// Reads query parameters; a wrong value becomes an error. Unknown and repeated names were refused
/// before: see Route::query.
class QueryReader {
  public:
    /// Both arguments must outlive the reader.
    QueryReader(const FormFields& fields, FieldErrorList& errors)
        : fields_(fields), errors_(errors) {}

    std::optional<std::string> text(std::string_view name) const;
    std::optional<int> integer(std::string_view name);
    /// The bounds included.
    std::optional<std::int64_t> integer_within(
        std::string_view name, std::int64_t least, std::int64_t most
    );
    template <class SomeId>
    std::optional<SomeId> id(std::string_view name) {
        const auto given = text(name);
        const auto parsed = given ? parse_id<SomeId>(*given) : std::nullopt;
        if (given && !parsed) {
            add_error(name, "must be a UUID");
        }
        return parsed;
    }
    void add_error(std::string_view name, std::string message);

  private:
    const FormFields& fields_;
    FieldErrorList& errors_;
};

}  // namespace orderpush::http
